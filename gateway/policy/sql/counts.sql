-- reads: outcome; writes: nothing
-- why: the five sums of one rule, and how many rows they stand for.
SELECT
    count(*) FILTER (WHERE kind = 'fires') AS fires,
    count(*) FILTER (WHERE kind = 'satisfied') AS satisfied,
    count(*) FILTER (WHERE kind = 'excused') AS excused,
    count(*) FILTER (WHERE kind = 'held') AS held,
    count(*) FILTER (WHERE kind = 'not_applicable') AS not_applicable,
    count(*) AS outcomes
FROM outcome
WHERE rule = $rule;
