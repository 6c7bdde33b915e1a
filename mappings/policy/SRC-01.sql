-- reads: source_now; writes: nothing (gateway.policy makes rule_row of it)
-- why: a roll that is not there when it is due. `days_late` counts working days after the due day.
SELECT
    source,
    roll,
    scope,
    CASE
        WHEN state IN ('partial', 'odd') THEN 'arrived_incomplete'
        WHEN as_the_whole AND state <> 'verified' THEN 'told_by_whole'
    END AS not_applicable,
    CASE WHEN state = 'verified' THEN 'roll_verified' END AS satisfied,
    CASE
        WHEN state = 'refused' THEN 'roll_refused'
        WHEN coalesce(days_late, 0) > $days_until_grave THEN 'roll_very_late'
        ELSE 'roll_late'
    END AS fires,
    CAST($period_start AS DATE) AS episode,
    CAST(NULL AS VARCHAR) AS evidence_ref
FROM source_now;

-- excuse: not_yet_late
SELECT source, roll, scope, CAST(NULL AS DATE) AS expires_on
FROM source_now
WHERE coalesce(days_late, 0) <= 0 AND (due_on IS NOT NULL OR state = 'expected');
