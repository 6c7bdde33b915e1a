-- reads: subject, link, contribution, coverage_row; writes: nothing (gateway.policy makes rule_row of it)
-- why: a child for whom nothing is paid for the next insurance year while its window is about to close.
WITH every AS (
    SELECT l.person_id, c.roll, c.row_key, c.row_ref
    FROM link AS l
    JOIN contribution AS c ON c.row_key = l.row_key AND c.source = l.source AND c.roll = l.roll
    WHERE c.year = $insurance_next
    UNION ALL
    SELECT person_id, roll, row_key, row_ref
    FROM coverage_row
    WHERE paid AND insurance_year = $insurance_next
),
paid AS (
    SELECT
        person_id, min_by(roll, row_ref) AS roll, min_by(row_key, (row_ref, row_key)) AS row_key,
        min(row_ref) AS row_ref
    FROM every
    GROUP BY person_id
)
SELECT
    s.person_id,
    CASE
        WHEN s.adult THEN 'aged_18'
        WHEN date_diff('day', $as_of, $insurance_next_closes) > $days_before THEN 'window_far'
    END AS not_applicable,
    CAST(NULL AS VARCHAR) AS elsewhere,
    CASE WHEN e.person_id IS NOT NULL THEN 'employee' WHEN n.person_id IS NOT NULL THEN 'paid_for_next' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    'not_paid_for_next' AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    make_date($insurance_next, 1, 1) AS episode,
    n.roll AS evidence_roll,
    n.row_key AS evidence_row_key,
    n.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN paid AS n ON n.person_id = s.person_id
LEFT JOIN (SELECT DISTINCT person_id FROM coverage_row WHERE scheme = '310' AND state = 'active') AS e
    ON e.person_id = s.person_id;
