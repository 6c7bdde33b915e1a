-- reads: quarantine_rows, asked_roll; writes: nothing; why: a bureau mends what it is told of, and is told nothing of a person.
SELECT
    row_ref,
    regexp_extract(told, '^(.*):([a-z]+)$', 1) AS column_name,
    regexp_extract(told, '^(.*):([a-z]+)$', 2) AS reason
FROM (
    SELECT q.row_ref, unnest(string_split(q.reasons, '; ')) AS told
    FROM quarantine_rows AS q
    INNER JOIN asked_roll AS a ON q.source = a.source AND q.roll = a.roll
) AS every_reason
ORDER BY row_ref, column_name, reason;
