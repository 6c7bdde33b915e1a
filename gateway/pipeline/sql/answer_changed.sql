-- reads: answer_bucket, answer_before; writes: nothing
-- why: only buckets that changed since the night before are written; one that is empty now has no lines.
SELECT
    coalesce(a.kind, b.kind) AS kind, coalesce(a.bucket, b.bucket) AS bucket, a.digest, a.lines
FROM answer_bucket AS a
FULL JOIN answer_before AS b ON b.kind = a.kind AND b.bucket = a.bucket
WHERE a.digest IS NULL OR b.digest IS NULL OR a.digest <> b.digest;
