-- reads: tally, followed; writes: told
-- why: who is looked at one by one: children of whom nothing was said early, and those who have a case of the rule.
CREATE OR REPLACE TABLE told AS
SELECT unnest(going_on) AS person_id
FROM tally
WHERE going_on IS NOT NULL
UNION
SELECT person_id
FROM followed
WHERE rule = $rule AND person_id IS NOT NULL;
