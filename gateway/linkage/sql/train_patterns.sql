-- reads: train_pattern; writes: nothing
-- why: the counts that are learned from, in one order.
SELECT block, number, name, birth_date, sex, household, same, CAST(sum(pairs) AS BIGINT) AS pairs
FROM train_pattern
GROUP BY block, number, name, birth_date, sex, household, same
ORDER BY block, number, name, birth_date, sex, household, same;
