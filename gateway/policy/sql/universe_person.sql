-- reads: subject; writes: nothing
-- why: the size of a rule's universe, counted apart from its outcomes so that the two can differ.
SELECT count(DISTINCT person_id) AS universe
FROM subject
WHERE CASE $universe WHEN 'registry' THEN registered WHEN 'assistance' THEN assisted ELSE TRUE END;
