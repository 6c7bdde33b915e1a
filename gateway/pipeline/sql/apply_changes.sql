-- reads: merge_new, merge_before, gone_keys; writes: merge_rows
-- why: changes speak of some rows; all others stand as they stood a month ago, but for those that left.
CREATE OR REPLACE TABLE merge_rows AS
SELECT * FROM merge_new
UNION ALL BY NAME
SELECT b.*
FROM merge_before AS b
LEFT JOIN gone_keys AS g ON g.row_key = b.row_key
LEFT JOIN merge_new AS n ON n.row_key = b.row_key
WHERE g.row_key IS NULL AND n.row_key IS NULL;
