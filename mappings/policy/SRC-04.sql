-- reads: source_now, subject; writes: nothing (gateway.policy makes rule_row of it)
-- why: a roll that has held its rules for longer than the longest hold, by working days; with the number of
--   children of the area about whom it says nothing.
WITH county AS (
    SELECT county, count(*) AS children
    FROM subject
    WHERE NOT adult
    GROUP BY county
),
unchecked AS (
    SELECT n.source, n.roll, n.scope, coalesce(sum(c.children), 0) AS children
    FROM source_now AS n
    LEFT JOIN county AS c ON n.scope = '*' OR c.county = n.scope
    GROUP BY n.source, n.roll, n.scope
)
SELECT
    n.source,
    n.roll,
    n.scope,
    CASE WHEN n.as_the_whole AND n.state <> 'verified' THEN 'told_by_whole' END AS not_applicable,
    CASE WHEN n.state = 'verified' THEN 'roll_verified' END AS satisfied,
    CASE WHEN n.state IN ('partial', 'odd') THEN 'withheld_unverified' ELSE 'withheld' END AS fires,
    CAST($period_start AS DATE) AS episode,
    'unchecked:' || CAST(u.children AS VARCHAR) AS evidence_ref
FROM source_now AS n
JOIN unchecked AS u ON u.source = n.source AND u.roll = n.roll AND u.scope = n.scope;

-- excuse: inside_hold
SELECT source, roll, scope, CAST(NULL AS DATE) AS expires_on
FROM source_now
WHERE coalesce(days_late, 0) <= $max_hold;
