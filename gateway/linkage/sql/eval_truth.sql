-- reads: link, undecided, person, truth_key; writes: label
-- why: every pair that a night weighed, and whether it truly is one child, as an invented city knows it.
CREATE OR REPLACE TABLE label AS
WITH named AS (
    SELECT p.person_id, min(k.child) AS child
    FROM person AS p
    JOIN truth_key AS k ON k.roll = p.base_roll AND k.row_key = p.base_row_key
    GROUP BY p.person_id
),
weighed AS (
    SELECT person_id, roll, row_key, weight, TRUE AS linked
    FROM link WHERE method <> 'base' AND current AND weight IS NOT NULL
    UNION ALL
    SELECT person_id, roll, row_key, weight, FALSE
    FROM undecided WHERE NOT quarantined AND weight IS NOT NULL AND row_key IS NOT NULL
)
SELECT w.person_id, w.roll, w.row_key, w.weight, w.linked, coalesce(n.child = k.child, FALSE) AS same
FROM weighed AS w
LEFT JOIN named AS n ON n.person_id = w.person_id
LEFT JOIN truth_key AS k ON k.roll = w.roll AND k.row_key = w.row_key;
