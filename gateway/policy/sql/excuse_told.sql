-- reads: excuses, told; writes: nothing (gateway.policy makes rule_excuse of it)
-- why: the same, of those who are looked at one by one.
SELECT *
FROM excuses
WHERE coalesce(expires_on >= $as_of, TRUE) AND person_id IN (SELECT person_id FROM told);
