-- reads: gone_rows, verified_period; writes: nothing
-- why: vanishing is told by the verified rolls that came after the last one to show the row.
SELECT
    g.* EXCLUDE (seen_period),
    g.seen_period AS last_period,
    coalesce(
        (
            SELECT list(v.period ORDER BY v.period)
            FROM verified_period AS v
            WHERE v.source = g.source AND v.roll = g.roll AND v.period > g.seen_period
        ),
        CAST([] AS VARCHAR[])
    ) AS absent_periods
FROM gone_rows AS g
