-- reads: snap_rows; writes: nothing
-- why: the root of a snapshot is the SHA-256 over all row digests in their own order, the same on every engine.
SELECT row_digest
FROM snap_rows
ORDER BY row_digest;
