-- reads: case_happening, open_case, outcome, transition, baseline_rule, due_date; writes: planned
-- why: one row for each case that changes tonight: known cases first, then findings that have no case yet.
CREATE OR REPLACE TABLE planned AS
WITH before AS (
    -- What a fire follows: the same child's case of an earlier episode, or one that an officer excused.
    SELECT
        h.now_key AS finding_key,
        min_by(h.finding_key, h.case_id) AS follows,
        max(CASE WHEN h.state = 'baseline_pending' THEN 1 ELSE 0 END) AS pending,
        max(CASE WHEN h.excuse_in_force THEN 1 ELSE 0 END) AS excused
    FROM case_happening AS h
    WHERE h.now_key <> h.finding_key
    GROUP BY h.now_key
),
found AS (
    SELECT
        o.*,
        b.follows,
        CASE WHEN o.person_id IS NULL THEN o.evidence_roll END AS roll,
        CASE
            WHEN $baseline OR r.rule IS NOT NULL OR coalesce(b.pending, 0) = 1
                THEN 'found_at_baseline'
            ELSE 'found'
        END AS event
    FROM outcome AS o
    LEFT JOIN open_case AS c ON c.finding_key = o.finding_key
    LEFT JOIN before AS b ON b.finding_key = o.finding_key
    LEFT JOIN baseline_rule AS r ON r.rule = o.rule
    WHERE o.kind = 'fires' AND c.finding_key IS NULL AND coalesce(b.excused, 0) = 0
)
SELECT
    h.case_id,
    h.version,
    h.finding_key,
    h.rule,
    CASE WHEN h.view_changed THEN h.now_rule_version ELSE h.rule_version END AS rule_version,
    h.person_id,
    h.source,
    h.roll,
    h.scope,
    CASE WHEN h.view_changed THEN coalesce(h.now_division, h.division) ELSE h.division END AS division,
    CASE WHEN h.view_changed THEN h.now_severity ELSE h.severity END AS severity,
    CASE WHEN h.view_changed THEN h.now_owner ELSE h.owner END AS owner,
    CASE WHEN h.view_changed THEN h.now_answer ELSE h.answer END AS answer,
    CASE WHEN h.view_changed THEN h.now_reason ELSE h.reason END AS reason,
    CASE WHEN h.view_changed THEN h.now_access ELSE h.access END AS access,
    h.episode,
    CASE WHEN h.view_changed THEN h.now_evidence ELSE h.evidence END AS evidence,
    CASE WHEN h.view_changed THEN h.now_digest ELSE h.evidence_digest END AS evidence_digest,
    h.now_unverified AS unverified_since,
    h.state AS from_state,
    h.to_state,
    CASE WHEN h.recorded THEN h.event END AS event,
    coalesce(h.now_evidence, '[]') AS event_evidence,
    h.now_reason AS event_reason,
    CASE WHEN h.recorded THEN h.notice END AS notice,
    coalesce(h.view_changed, FALSE) AS view_changed,
    CASE WHEN h.to_state = 'reopened' AND h.state <> 'reopened' THEN d.due_on END AS due_on,
    CASE
        WHEN h.event = 'attends' THEN $reverify_on
        WHEN h.to_state IN ('awaiting_reverify', 'awaiting_signature') THEN h.reverify_on
    END AS reverify_on,
    CAST(NULL AS VARCHAR) AS follows
FROM case_happening AS h
LEFT JOIN due_date AS d ON d.due_days = h.now_due_days
WHERE h.recorded OR h.view_changed
    OR coalesce(h.now_unverified, DATE '0001-01-01')
        <> coalesce(h.unverified_since, DATE '0001-01-01')
UNION ALL BY NAME
SELECT
    CAST(NULL AS BIGINT) AS case_id,
    CAST(NULL AS INTEGER) AS version,
    f.finding_key,
    f.rule,
    f.rule_version,
    f.person_id,
    CASE WHEN f.person_id IS NULL THEN f.source END AS source,
    f.roll,
    CASE WHEN f.person_id IS NULL THEN f.scope END AS scope,
    f.division,
    f.severity,
    f.owner,
    f.answer,
    f.reason,
    f.access,
    f.episode,
    CASE WHEN f.evidence_ref IS NULL THEN '[]'
        ELSE '[{"roll":"' || f.evidence_roll || '","ref":"' || f.evidence_ref || '"}]'
    END AS evidence,
    sha256(
        f.finding_key || '|' || coalesce(f.answer, '') || '|' || coalesce(f.reason, '') || '|'
        || coalesce(f.evidence_roll, '') || '|' || coalesce(f.evidence_row_key, '')
    ) AS evidence_digest,
    CAST(NULL AS DATE) AS unverified_since,
    CAST(NULL AS VARCHAR) AS from_state,
    m.to_state,
    f.event,
    CASE WHEN f.evidence_ref IS NULL THEN '[]'
        ELSE '[{"roll":"' || f.evidence_roll || '","ref":"' || f.evidence_ref || '"}]'
    END AS event_evidence,
    f.reason AS event_reason,
    m.notice,
    FALSE AS view_changed,
    CASE WHEN f.event = 'found' THEN d.due_on END AS due_on,
    CAST(NULL AS DATE) AS reverify_on,
    f.follows
FROM found AS f
JOIN transition AS m ON m.from_state = '' AND m.event = f.event
LEFT JOIN due_date AS d ON d.due_days = f.due_days;
