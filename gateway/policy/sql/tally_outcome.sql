-- reads: outcome; writes: outcome_sum
-- why: where every outcome of the rule is spelled out, its sums are counted from there.
INSERT INTO outcome_sum
SELECT rule, kind, reason, held_by, count(*)
FROM outcome
WHERE rule = $rule
GROUP BY rule, kind, reason, held_by;
