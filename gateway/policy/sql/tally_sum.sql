-- reads: tally; writes: outcome_sum
-- why: the sums of one rule beside those of the others; who only went on is counted where it ended.
INSERT INTO outcome_sum
SELECT $rule, kind, reason, held_by, sum(subjects)
FROM tally
WHERE kind IS NOT NULL
GROUP BY kind, reason, held_by;
