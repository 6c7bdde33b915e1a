-- reads: snap_rows; writes: nothing
-- why: one digest over all row digests, the same on every engine: sorted within 256 buckets, then over the buckets.
SELECT coalesce(sha256(string_agg(bucket_digest, '' ORDER BY bucket)), sha256('')) AS root
FROM (
    SELECT substr(row_digest, 1, 2) AS bucket,
           sha256(string_agg(row_digest, '' ORDER BY row_digest)) AS bucket_digest
    FROM snap_rows
    GROUP BY substr(row_digest, 1, 2)
) AS buckets;
