-- reads: gone_rows, verified_period, source_status; writes: nothing
-- why: vanishing is told by the verified rolls that came after the last one to show the row. A row of a
--   county whose part of the roll is missing (or odd) has not left: nobody is lost because a part was not sent.
SELECT
    g.* EXCLUDE (seen_period),
    g.seen_period AS last_period,
    coalesce(v.periods, CAST([] AS VARCHAR[])) AS absent_periods,
    $kept AND v.periods IS NULL AND coalesce(own.state, whole.state, '') IN ('partial', 'odd') AS stays
FROM gone_rows AS g
LEFT JOIN (
    SELECT seen.source, seen.roll, seen.seen_period, list(p.period ORDER BY p.period) AS periods
    FROM (SELECT DISTINCT source, roll, seen_period FROM gone_rows) AS seen
    JOIN verified_period AS p
        ON p.source = seen.source AND p.roll = seen.roll AND p.period > seen.seen_period
    GROUP BY seen.source, seen.roll, seen.seen_period
) AS v ON v.source = g.source AND v.roll = g.roll AND v.seen_period = g.seen_period
LEFT JOIN source_status AS own
    ON own.source = g.source AND own.roll = g.roll AND own.table_name = $table_name
    AND own.scope = left(g.division, 6)
LEFT JOIN source_status AS whole
    ON whole.source = g.source AND whole.roll = g.roll AND whole.table_name = $table_name
    AND whole.scope = '*'
