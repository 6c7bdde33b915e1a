-- reads: universe, rule_county; writes: nothing (gateway.policy adds it to outcome)
-- why: a rule that sleeps, or whose roll is not connected, says the same of everybody; its SQL is not run.
SELECT
    $rule AS rule,
    $rule_version AS rule_version,
    u.person_id,
    u.division,
    CASE WHEN NOT h.in_force OR $phase = 'sleeps' THEN 'not_applicable' ELSE 'held' END AS kind,
    CASE
        WHEN NOT h.in_force THEN 'not_in_force_here'
        WHEN $phase = 'sleeps' THEN 'asleep'
        ELSE h.held_reason
    END AS reason,
    $owner AS owner,
    $access AS access,
    CASE WHEN h.in_force AND $phase <> 'sleeps' THEN h.held_by END AS held_by
FROM universe AS u
JOIN rule_county AS h ON h.county = u.county AND h.rule = $rule;
