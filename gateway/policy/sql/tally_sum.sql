-- reads: tally; writes: outcome_sum
-- why: the sums of one rule beside those of the others.
INSERT INTO outcome_sum
SELECT $rule, kind, reason, held_by, subjects
FROM tally;
