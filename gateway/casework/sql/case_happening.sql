-- reads: case_tonight, transition; writes: case_happening
-- why: names what happens to each case tonight, then lets the one table of moves say what follows; a case
--   in a state that has no such move is left alone.
CREATE OR REPLACE TABLE case_happening AS
WITH named AS (
    SELECT
        t.*,
        CASE
            WHEN t.kind IS NULL AND NOT t.evaluated THEN 'held'
            WHEN t.kind IS NULL AND t.person_id IS NULL THEN 'not_applicable'
            WHEN t.kind IS NULL AND t.adult THEN 'aged_out'
            WHEN t.kind IS NULL THEN 'subject_lost'
            WHEN t.kind = 'held' OR t.now_reason = 'asleep' THEN 'held'
            WHEN t.kind = 'not_applicable' AND t.adult THEN 'aged_out'
            WHEN t.kind = 'not_applicable' AND t.excuse_in_force THEN 'excused'
            WHEN t.kind <> 'fires' AND t.kind <> 'satisfied' THEN t.kind
            WHEN t.kind = 'satisfied' AND attend.event IS NOT NULL THEN 'attends'
            WHEN t.kind = 'satisfied' AND t.state = 'awaiting_reverify' AND t.reverify_on <= $as_of
                THEN 'attends_still'
            WHEN t.kind = 'satisfied' THEN 'satisfied'
            WHEN t.now_key <> t.finding_key AND NOT t.excuse_in_force THEN 'next_episode'
            WHEN t.now_key <> t.finding_key THEN 'excused'
            WHEN t.state = 'excused' AND NOT t.excuse_in_force THEN 'excuse_over'
            WHEN t.state = 'waiting' AND t.wait_until < $as_of THEN 'wait_over'
            WHEN move.event IS NOT NULL THEN 'moved'
            WHEN t.now_digest <> t.evidence_digest THEN 'fires_anew'
            ELSE 'fires'
        END AS event
    FROM case_tonight AS t
    LEFT JOIN transition AS attend
        ON attend.from_state = t.state AND attend.event = 'attends' AND t.rule LIKE 'EDU-%'
    LEFT JOIN transition AS move
        ON move.from_state = t.state AND move.event = 'moved'
        AND left(t.now_division, 6) <> left(t.division, 6)
)
SELECT
    n.*,
    m.to_state,
    m.notice,
    m.recorded,
    CASE WHEN n.event = 'held' THEN coalesce(n.unverified_since, $as_of) END AS now_unverified,
    n.now_key = n.finding_key AND (
        n.now_rule_version <> n.rule_version
        OR coalesce(n.now_division, n.division, '') <> coalesce(n.division, '')
        OR n.now_severity <> n.severity
        OR n.now_owner <> n.owner
        OR n.now_access <> n.access
        OR n.now_evidence <> n.evidence
        OR n.now_digest <> n.evidence_digest
    ) AS view_changed
FROM named AS n
JOIN transition AS m ON m.from_state = n.state AND m.event = n.event;
