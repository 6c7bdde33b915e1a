-- reads: person, asked_now; writes: undecided
-- why: a roll that was asked about single people tells nothing of those who were not asked.
INSERT INTO undecided
SELECT
    p.person_id, $source, $roll, $table_name, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR),
    FALSE, 'not_asked', CAST(NULL AS DOUBLE)
FROM person AS p
LEFT JOIN asked_now AS a ON a.row_key = p.id_number
WHERE a.row_key IS NULL;
