-- reads: merge_new, merge_before, asked_rows; writes: merge_rows
-- why: an answer tells of those who were asked; the rows of all others stand as last known.
CREATE OR REPLACE TABLE merge_rows AS
SELECT * FROM merge_new
UNION ALL BY NAME
SELECT b.*
FROM merge_before AS b
LEFT JOIN asked_rows AS a ON a.row_key = b.id_number
LEFT JOIN merge_new AS n ON n.row_key = b.row_key
WHERE a.row_key IS NULL AND n.row_key IS NULL;
