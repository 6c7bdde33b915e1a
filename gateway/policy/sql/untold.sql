-- reads: outcome, outcome_sum; writes: nothing
-- why: a rule is run twice, to count and to tell; a finding that only one of the two saw would be lost.
WITH counted AS (
    SELECT rule, sum(subjects) AS subjects
    FROM outcome_sum
    WHERE kind = 'fires'
    GROUP BY rule
),
told AS (
    SELECT rule, count(*) AS subjects
    FROM outcome
    WHERE kind = 'fires'
    GROUP BY rule
)
SELECT
    coalesce(c.rule, t.rule) AS rule, coalesce(c.subjects, 0) AS counted, coalesce(t.subjects, 0) AS told
FROM counted AS c
FULL JOIN told AS t ON t.rule = c.rule
WHERE coalesce(c.subjects, 0) <> coalesce(t.subjects, 0)
ORDER BY 1;
