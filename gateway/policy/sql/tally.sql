-- reads: begun; writes: nothing (gateway.policy makes tally of it)
-- why: what the rule says and of how many children, without writing down a row a child; by number only those who
--   go on. `prints` is the same sum as that of the universe when the rule neither lost a child nor made one up.
SELECT
    early_kind AS kind, early_reason AS reason, CASE WHEN early = 4 THEN source_by END AS held_by,
    count(*) AS subjects, sum(hash(person_id)) AS prints,
    list(person_id) FILTER (WHERE early IS NULL) AS going_on
FROM begun
GROUP BY ALL;
