-- reads: subject, category_now, link, rehabilitation; writes: nothing (gateway.policy makes rule_row of it)
-- why: a young child with a disability on record and no rehabilitation.
WITH disabled AS (
    SELECT person_id, min(since) AS since
    FROM category_now
    WHERE fact IN ('disability', 'severe_disability', 'severe_mental')
    GROUP BY person_id
),
helped AS (
    SELECT
        l.person_id,
        min_by(h.roll, h.row_ref) AS roll,
        min_by(h.row_key, (h.row_ref, h.row_key)) AS row_key,
        min(h.row_ref) AS row_ref
    FROM link AS l
    JOIN rehabilitation AS h ON h.row_key = l.row_key AND h.source = l.source AND h.roll = l.roll
    GROUP BY l.person_id
)
SELECT
    s.person_id,
    CASE WHEN s.birth_date + INTERVAL 7 YEAR <= $as_of THEN 'past_seven' END AS not_applicable,
    CASE WHEN n.person_id IS NULL THEN 'no_disability' END AS elsewhere,
    CASE WHEN h.person_id IS NOT NULL THEN 'rehabilitated' END AS satisfied,
    CASE WHEN s.birth_date IS NULL THEN 'birth_date_missing' END AS held,
    'no_rehabilitation' AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    coalesce(n.since, DATE '1900-01-01') AS episode,
    h.roll AS evidence_roll,
    h.row_key AS evidence_row_key,
    h.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN disabled AS n ON n.person_id = s.person_id
LEFT JOIN helped AS h ON h.person_id = s.person_id;
