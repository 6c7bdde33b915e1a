-- reads: link, undecided, person, roll_record, judged_label; writes: label
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
JOIN (
    -- Of rolls with many rows of a child the record was judged; one of its rows stands for it.
    SELECT b.* EXCLUDE (row_key), coalesce(r.first_key, b.row_key) AS row_key
    FROM judged_label AS b
    LEFT JOIN roll_record AS r
        ON r.record = b.row_key AND r.table_name = b.table_name AND r.source = b.source AND r.roll = b.roll
) AS j
    ON j.source = w.source AND j.roll = w.roll AND j.table_name = w.table_name
    AND j.row_key = w.row_key
    AND j.other_source = p.source AND j.other_roll = p.base_roll AND j.other_key = p.base_row_key
WHERE j.verdict <> 'unsure';
