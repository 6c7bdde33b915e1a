-- reads: subject, category_now; writes: nothing (gateway.policy makes rule_row of it)
-- why: a severe disability on record of a child who is not registered; the grade of a card, never a diagnosis.
WITH severe AS (
    SELECT
        person_id, min(fact) AS fact, min_by(since, fact) AS since, min_by(roll, fact) AS roll,
        min_by(row_key, fact) AS row_key, min_by(row_ref, fact) AS row_ref
    FROM category_now
    WHERE fact IN ('severe_disability', 'severe_mental')
    GROUP BY person_id
)
SELECT
    s.person_id,
    CAST(NULL AS VARCHAR) AS not_applicable,
    CASE WHEN n.person_id IS NULL THEN 'no_severe_disability' END AS elsewhere,
    CASE WHEN s.registered THEN 'registered' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    CASE n.fact WHEN 'severe_disability' THEN 'severe' ELSE 'severe_mental' END AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    coalesce(n.since, DATE '1900-01-01') AS episode,
    n.roll AS evidence_roll,
    n.row_key AS evidence_row_key,
    n.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN severe AS n ON n.person_id = s.person_id
WHERE s.assisted;
