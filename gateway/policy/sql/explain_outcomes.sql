-- reads: outcome; writes: nothing
-- why: how every rule ended for one child.
SELECT *
FROM outcome
WHERE person_id = $person_id
ORDER BY rule;
