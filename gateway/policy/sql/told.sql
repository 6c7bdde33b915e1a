-- reads: tally, followed; writes: told
-- why: whose outcome is spelled out: children of whom the rule finds something, and those who have a case of it.
CREATE OR REPLACE TABLE told AS
SELECT unnest(found) AS person_id
FROM tally
WHERE found IS NOT NULL
UNION
SELECT person_id
FROM followed
WHERE rule = $rule AND person_id IS NOT NULL;
