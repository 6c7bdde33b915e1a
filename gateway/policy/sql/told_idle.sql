-- reads: followed; writes: told
-- why: a rule that is not judged finds nothing: only children who have a case of it are told of.
CREATE OR REPLACE TABLE told AS
SELECT DISTINCT person_id
FROM followed
WHERE rule = $rule AND person_id IS NOT NULL;
