-- reads: source_now; writes: nothing (gateway.policy makes rule_row of it)
-- why: a roll that has held its rules for longer than the longest hold, by working days.
SELECT
    source,
    roll,
    scope,
    CASE WHEN as_the_whole AND state <> 'verified' THEN 'told_by_whole' END AS not_applicable,
    CASE WHEN state = 'verified' THEN 'roll_verified' END AS satisfied,
    CASE WHEN state IN ('partial', 'odd') THEN 'withheld_unverified' ELSE 'withheld' END AS fires,
    CAST($period_start AS DATE) AS episode
FROM source_now;

-- excuse: inside_hold
SELECT source, roll, scope, CAST(NULL AS DATE) AS expires_on
FROM source_now
WHERE coalesce(days_late, 0) <= $max_hold;
