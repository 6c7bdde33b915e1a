-- reads: outcome_sum; writes: nothing
-- why: the five sums of one rule, and how many rows they stand for.
SELECT
    coalesce(sum(subjects) FILTER (WHERE kind = 'fires'), 0) AS fires,
    coalesce(sum(subjects) FILTER (WHERE kind = 'satisfied'), 0) AS satisfied,
    coalesce(sum(subjects) FILTER (WHERE kind = 'excused'), 0) AS excused,
    coalesce(sum(subjects) FILTER (WHERE kind = 'held'), 0) AS held,
    coalesce(sum(subjects) FILTER (WHERE kind = 'not_applicable'), 0) AS not_applicable,
    coalesce(sum(subjects), 0) AS outcomes
FROM outcome_sum
WHERE rule = $rule;
