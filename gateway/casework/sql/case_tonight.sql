-- reads: open_case, outcome, outcome_sum, person; writes: case_tonight
-- why: puts beside every case what its rule says tonight of the same child (or roll), whatever the episode.
CREATE OR REPLACE TABLE case_tonight AS
WITH evaluated AS (SELECT DISTINCT rule FROM outcome_sum),
of_person AS (
    SELECT c.case_id, o.*
    FROM open_case AS c
    JOIN outcome AS o ON o.rule = c.rule AND o.person_id = c.person_id
),
of_roll AS (
    SELECT c.case_id, o.*
    FROM open_case AS c
    JOIN outcome AS o ON o.rule = c.rule AND o.source = c.source
        AND o.evidence_roll = c.roll AND o.scope = c.scope
    WHERE c.person_id IS NULL AND o.person_id IS NULL
),
said AS (
    SELECT * FROM of_person UNION ALL BY NAME SELECT * FROM of_roll
)
SELECT
    c.*,
    e.rule IS NOT NULL AS evaluated,
    coalesce(
        p.birth_date + INTERVAL 18 YEAR <= $as_of,
        make_date(c.birth_year + 18, c.birth_month, 1) + INTERVAL 1 MONTH <= $as_of,
        FALSE
    ) AS adult,
    c.state = 'excused' AND coalesce(c.excuse_until >= $as_of, FALSE) AS excuse_in_force,
    s.kind,
    s.rule_version AS now_rule_version,
    s.division AS now_division,
    s.severity AS now_severity,
    s.due_days AS now_due_days,
    s.owner AS now_owner,
    s.answer AS now_answer,
    s.reason AS now_reason,
    s.access AS now_access,
    s.finding_key AS now_key,
    CASE WHEN s.evidence_ref IS NULL THEN '[]'
        ELSE '[{"roll":"' || s.evidence_roll || '","ref":"' || s.evidence_ref || '"}]'
    END AS now_evidence,
    sha256(
        c.finding_key || '|' || coalesce(s.answer, '') || '|' || coalesce(s.reason, '') || '|'
        || coalesce(s.evidence_roll, '') || '|' || coalesce(s.evidence_row_key, '')
    ) AS now_digest
FROM open_case AS c
LEFT JOIN said AS s ON s.case_id = c.case_id
LEFT JOIN evaluated AS e ON e.rule = c.rule
LEFT JOIN person AS p ON p.person_id = c.person_id;
