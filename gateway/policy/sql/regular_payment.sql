-- reads: entitlement, category_now, subject, parameter_at; writes: recognised_twice, regular_kept
-- why: who is recognised in two ways that exclude each other; and, of everybody else whose regular payments never
--   exceeded the standard, the months of which that can be said: what else was paid in those explains a sum above it.
CREATE OR REPLACE TABLE recognised_twice AS
SELECT DISTINCT a.person_id
FROM category_now AS a
JOIN category_now AS b ON b.person_id = a.person_id
JOIN subject AS u ON u.person_id = a.person_id
JOIN parameter_at AS x
    ON x.topic = 'recognition_excludes' AND x.key = a.fact || '_' || b.fact AND x.county = u.county
    AND x.value = 1 AND $as_of BETWEEN x.since AND x.until;

CREATE OR REPLACE TABLE regular_kept AS
WITH fires AS (
    SELECT person_id FROM entitlement WHERE regular > standard
    UNION
    SELECT person_id FROM recognised_twice
)
SELECT e.person_id, e.month
FROM entitlement AS e
LEFT JOIN fires AS f ON f.person_id = e.person_id
WHERE e.standard IS NOT NULL AND f.person_id IS NULL;
