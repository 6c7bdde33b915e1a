-- reads: snap_before, snap_before_gone, snap_rows; writes: snap_gone_keys
-- why: rows that left tonight or before keep their last facts; find their keys on thin columns first.
CREATE OR REPLACE TEMP TABLE snap_gone_keys AS
SELECT b.row_key, 1 AS tonight
FROM snap_before AS b
LEFT JOIN (SELECT row_key FROM snap_rows) AS r ON r.row_key = b.row_key
WHERE r.row_key IS NULL
UNION ALL
SELECT g.row_key, 0 AS tonight
FROM snap_before_gone AS g
LEFT JOIN (SELECT row_key FROM snap_rows) AS r ON r.row_key = g.row_key
WHERE r.row_key IS NULL;
