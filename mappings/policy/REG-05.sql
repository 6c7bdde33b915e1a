-- reads: subject, registry_state, category_now, schooling_path, visit_state; writes: nothing (gateway.policy makes rule_row of it)
-- why: a priority child (out of school, without a number, disabled or gravely ill) whom nobody visited in time.
WITH disabled AS (
    SELECT DISTINCT person_id
    FROM category_now
    WHERE fact IN ('disability', 'severe_disability', 'severe_mental')
),
priority AS (
    SELECT
        r.person_id,
        CASE
            WHEN p.found = 'status_dropout' THEN 'out_of_school'
            WHEN r.id_number IS NULL THEN 'no_number'
            WHEN d.person_id IS NOT NULL THEN 'disabled'
            WHEN r.category = '302' THEN 'disabled'
        END AS why
    FROM registry_state AS r
    LEFT JOIN disabled AS d ON d.person_id = r.person_id
    LEFT JOIN schooling_path AS p ON p.person_id = r.person_id
)
SELECT
    s.person_id,
    CAST(NULL AS VARCHAR) AS not_applicable,
    CASE WHEN r.why IS NULL THEN 'not_priority' END AS elsewhere,
    CASE WHEN date_diff('day', v.visited_on, $as_of) <= $visit_days THEN 'visited' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    r.why AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CAST($quarter_start AS DATE) AS episode,
    v.roll AS evidence_roll,
    v.row_key AS evidence_row_key,
    v.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN priority AS r ON r.person_id = s.person_id
LEFT JOIN visit_state AS v ON v.person_id = s.person_id
WHERE s.registered;
