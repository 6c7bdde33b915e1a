-- reads: absence_token; writes: nothing
-- why: one digest a bucket of sorted tokens, in order of the bucket: the leaves of the tree of who is on a roll.
SELECT b.bucket, coalesce(t.digest, sha256('')) AS digest
FROM (
    SELECT printf('%04x', CAST(n AS INTEGER)) AS bucket FROM (SELECT unnest(range(65536)) AS n) AS numbers
) AS b
LEFT JOIN (
    SELECT substr(token, 1, 4) AS bucket, sha256(string_agg(token, '' ORDER BY token)) AS digest
    FROM absence_token
    GROUP BY substr(token, 1, 4)
) AS t ON t.bucket = b.bucket
ORDER BY b.bucket;
