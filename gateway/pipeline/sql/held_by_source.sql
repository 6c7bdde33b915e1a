-- reads: outcome; writes: nothing
-- why: a night in which a rule was held for a source, not for one child, ends as held.
SELECT count(*) AS held
FROM outcome
WHERE kind = 'held' AND reason LIKE 'source%';
