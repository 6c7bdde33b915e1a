-- reads: county_size, rule_county; writes: nothing (gateway.policy makes tally of it)
-- why: the same as one line a county: what a rule says of everybody is not written down child by child.
SELECT
    CASE WHEN NOT h.in_force OR $phase = 'sleeps' THEN 'not_applicable' ELSE 'held' END AS kind,
    CASE
        WHEN NOT h.in_force THEN 'not_in_force_here'
        WHEN $phase = 'sleeps' THEN 'asleep'
        ELSE h.held_reason
    END AS reason,
    CASE WHEN h.in_force AND $phase <> 'sleeps' THEN h.held_by END AS held_by,
    sum(c.subjects) AS subjects
FROM county_size AS c
JOIN rule_county AS h ON h.county = c.county AND h.rule = $rule
WHERE CASE $universe WHEN 'registry' THEN c.registered WHEN 'assistance' THEN c.assisted ELSE TRUE END
GROUP BY ALL;
