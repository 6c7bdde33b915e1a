-- reads: subject, told; writes: nothing (gateway.policy names it universe)
-- why: the same, of those who are asked about one by one.
SELECT *
FROM subject
WHERE person_id IN (SELECT person_id FROM told)
    AND CASE $universe WHEN 'registry' THEN registered WHEN 'assistance' THEN assisted ELSE TRUE END;
