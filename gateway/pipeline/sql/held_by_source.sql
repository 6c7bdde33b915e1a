-- reads: outcome_sum; writes: nothing
-- why: a night in which a rule was held for a source, not for one child, ends as held.
SELECT coalesce(sum(subjects), 0) AS held
FROM outcome_sum
WHERE kind = 'held' AND reason LIKE 'source%';
