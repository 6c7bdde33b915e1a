-- reads: judged_row, followed; writes: nothing (gateway.policy composes outcomes of it)
-- why: whose outcome is spelled out: children of whom the rule finds something, and those who have a case of it.
SELECT *
FROM judged_row
WHERE step = 12 OR subject_id IN (SELECT person_id FROM followed WHERE rule = $rule);
