-- reads: subject, rule_row, rule_excuse, rule_county, rule_need, rule_severity, doubt; writes: outcome
-- why: gives each child of the universe exactly one outcome. The first line of `step` that holds wins;
--   what only the rolls can say (lines 5 on) comes after the source is known to be whole.
INSERT INTO outcome
WITH doubted AS (
    SELECT d.person_id, min(d.reason) AS reason, min_by(d.held_by, d.reason) AS held_by
    FROM doubt AS d
    JOIN rule_need AS n ON n.need = d.need AND n.rule = $rule AND n.reads_absence
    GROUP BY d.person_id
),
good AS (
    SELECT person_id, min(place) AS place
    FROM rule_excuse
    WHERE coalesce(expires_on >= $as_of, TRUE)
    GROUP BY person_id
),
excuse AS (
    SELECT
        e.person_id, min(e.code) AS code, min(e.expires_on) AS expires_on,
        min_by(e.roll, coalesce(e.row_ref, '')) AS roll,
        min_by(e.row_key, coalesce(e.row_ref, '')) AS row_key, min(e.row_ref) AS row_ref
    FROM rule_excuse AS e
    JOIN good AS g ON g.person_id = e.person_id AND g.place = e.place
    WHERE coalesce(e.expires_on >= $as_of, TRUE)
    GROUP BY e.person_id
),
judged AS (
    SELECT
        u.person_id AS subject_id, u.division, r.*, x.code AS excuse, x.expires_on, x.roll AS x_roll,
        x.row_key AS x_row_key, x.row_ref AS x_row_ref, d.reason AS doubt_reason, d.held_by AS doubt_by,
        coalesce(h.held_reason, a.held_reason) AS source_reason,
        coalesce(h.held_by, a.held_by) AS source_by,
        h.sees_enough,
        CASE
            WHEN r.person_id IS NULL THEN 0
            WHEN NOT h.in_force THEN 1
            WHEN r.not_applicable IS NOT NULL THEN 3
            WHEN h.held_by IS NOT NULL OR a.held_by IS NOT NULL THEN 4
            WHEN r.elsewhere IS NOT NULL THEN 5
            WHEN r.satisfied IS NOT NULL THEN 6
            WHEN x.code IS NOT NULL THEN 7
            WHEN u.death_reported AND $suspended_by_death THEN 8
            WHEN r.held IS NOT NULL THEN 9
            WHEN r.reads_absence AND d.person_id IS NOT NULL THEN 10
            WHEN r.fires IS NULL THEN 0
            WHEN $phase = 'collects' THEN 11
            ELSE 12
        END AS step
    FROM subject AS u
    LEFT JOIN rule_row AS r ON r.person_id = u.person_id
    LEFT JOIN rule_county AS h ON h.county = u.county AND h.rule = $rule
    LEFT JOIN rule_county AS a ON a.county = left(r.absence_division, 6) AND a.rule = $rule
    LEFT JOIN excuse AS x ON x.person_id = u.person_id
    LEFT JOIN doubted AS d ON d.person_id = u.person_id
    WHERE CASE $universe
        WHEN 'registry' THEN u.registered WHEN 'assistance' THEN u.assisted ELSE TRUE
    END
)
SELECT
    $rule,
    $rule_version,
    j.subject_id,
    CAST(NULL AS VARCHAR),
    CAST(NULL AS VARCHAR),
    j.division,
    CASE
        WHEN j.step IN (1, 3, 5) THEN 'not_applicable'
        WHEN j.step IN (4, 9, 10, 11) THEN 'held'
        WHEN j.step = 6 THEN 'satisfied'
        WHEN j.step IN (7, 8) THEN 'excused'
        WHEN j.step = 12 THEN 'fires'
    END,
    CASE j.step
        WHEN 1 THEN 'not_in_force_here'
        WHEN 3 THEN j.not_applicable
        WHEN 4 THEN j.source_reason
        WHEN 5 THEN j.elsewhere
        WHEN 6 THEN j.satisfied
        WHEN 7 THEN j.excuse
        WHEN 8 THEN 'death_reported'
        WHEN 9 THEN j.held
        WHEN 10 THEN j.doubt_reason
        WHEN 11 THEN 'collecting'
        WHEN 12 THEN j.fires
    END,
    CASE
        WHEN j.step < 12 THEN NULL
        WHEN j.reads_absence AND NOT j.sees_enough THEN 'not_found_locally'
        ELSE 'no'
    END,
    CASE
        WHEN j.step < 12 THEN NULL
        WHEN j.reads_absence AND NOT j.sees_enough
            THEN CAST(least(coalesce(s.severity, $severity) + 1, 4) AS VARCHAR)
        ELSE CAST(coalesce(s.severity, $severity) AS VARCHAR)
    END,
    CASE
        WHEN j.step < 12 THEN NULL
        WHEN j.reads_absence AND NOT j.sees_enough THEN $local_due_days
        ELSE $due_days
    END,
    $owner,
    j.episode,
    CASE
        WHEN j.step = 7 AND j.x_row_ref IS NOT NULL THEN j.x_roll
        WHEN j.step >= 6 THEN j.evidence_roll
    END,
    CASE
        WHEN j.step = 7 AND j.x_row_ref IS NOT NULL THEN j.x_row_key
        WHEN j.step >= 6 THEN j.evidence_row_key
    END,
    CASE
        WHEN j.step = 7 AND j.x_row_ref IS NOT NULL THEN j.x_row_ref
        WHEN j.step >= 6 THEN j.evidence_ref
    END,
    $access,
    CASE WHEN j.step = 12 THEN hmac_hex(
        $site_key, 'p:' || j.subject_id || '|' || $rule || '|' || CAST(j.episode AS VARCHAR)
    ) END,
    CASE j.step WHEN 4 THEN j.source_by WHEN 10 THEN j.doubt_by END,
    CASE WHEN j.step = 7 THEN j.expires_on END
FROM judged AS j
LEFT JOIN rule_severity AS s ON s.rule = $rule AND s.reason = j.fires;
