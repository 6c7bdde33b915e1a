-- reads: link, undecided, person, judged_label; writes: label
-- why: every pair that a night weighed and an officer has judged: the officer's word is the truth.
CREATE OR REPLACE TABLE label AS
WITH weighed AS (
    SELECT person_id, source, roll, table_name, row_key, weight, TRUE AS linked
    FROM link WHERE method <> 'base' AND current AND weight IS NOT NULL
    UNION ALL
    SELECT person_id, source, roll, table_name, row_key, weight, FALSE
    FROM undecided WHERE NOT quarantined AND weight IS NOT NULL AND row_key IS NOT NULL
)
SELECT DISTINCT
    w.person_id, w.roll, w.row_key, w.weight, w.linked, j.verdict = 'same' AS same
FROM weighed AS w
JOIN person AS p ON p.person_id = w.person_id
JOIN judged_label AS j
    ON j.source = w.source AND j.roll = w.roll AND j.table_name = w.table_name
    AND j.row_key = w.row_key
    AND j.other_source = p.source AND j.other_roll = p.base_roll AND j.other_key = p.base_row_key
WHERE j.verdict <> 'unsure';
