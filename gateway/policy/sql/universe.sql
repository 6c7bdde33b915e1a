-- reads: subject; writes: nothing (gateway.policy names it universe)
-- why: the children whom a rule is about.
SELECT *
FROM subject
WHERE CASE $universe WHEN 'registry' THEN registered WHEN 'assistance' THEN assisted ELSE TRUE END;
