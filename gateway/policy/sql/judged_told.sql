-- reads: judged_all; writes: nothing (gateway.policy names it judged)
-- why: beside the few who are asked about, everybody else that the rule's SQL gives looks made up.
SELECT *
FROM judged_all
WHERE subject_id IS NOT NULL;
