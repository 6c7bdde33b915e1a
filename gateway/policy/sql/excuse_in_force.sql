-- reads: excuses; writes: nothing (gateway.policy makes rule_excuse of it)
-- why: an expired excuse is none.
SELECT *
FROM excuses
WHERE coalesce(expires_on >= $as_of, TRUE);
