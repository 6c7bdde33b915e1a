-- reads: judged; writes: nothing (gateway.policy makes tally of it)
-- why: what the rule says and of how many children; by number only those of whom it finds something, for
--   most children end where nobody asks about them one by one.
SELECT
    kind, reason, held_by, count(*) AS subjects, list(subject_id) FILTER (WHERE step = 12) AS found
FROM judged
GROUP BY kind, reason, held_by;
