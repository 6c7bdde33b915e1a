-- reads: snap_rows, snap_before, snap_gone_keys; writes: nothing
-- why: how many rows a changes file would hold decides whether a new base is written instead.
SELECT (
    SELECT count(*)
    FROM snap_rows AS r
    LEFT JOIN snap_before AS b ON b.row_key = r.row_key
    WHERE b.row_key IS NULL OR b.row_digest <> r.row_digest
) + (SELECT count(*) FROM snap_gone_keys WHERE tonight = 1) AS changed;
