-- reads: source_status, need_table, working_day; writes: source_row, source_need, source_now
-- why: this period's states, once by what a rule needs (to hold it), once by roll (to report it).
--   Where a roll fills several tables, the worst of them speaks for it.
CREATE OR REPLACE TABLE source_row AS
SELECT
    s.*,
    coalesce(t.need, s.table_name) AS need,
    CASE s.state
        WHEN 'verified' THEN 0 WHEN 'expected' THEN 1 WHEN 'late' THEN 2
        WHEN 'odd' THEN 3 WHEN 'partial' THEN 4 ELSE 5
    END AS badness,
    CASE s.coverage
        WHEN 'county' THEN 1 WHEN 'city' THEN 2 WHEN 'province' THEN 3 WHEN 'national' THEN 4 ELSE 0
    END AS reach
FROM source_status AS s
LEFT JOIN need_table AS t ON t.table_name = s.table_name
WHERE s.period = $period;

CREATE OR REPLACE TABLE source_need AS
SELECT source, roll, need, scope, max_by(state, badness) AS state, max(reach) AS reach
FROM source_row
GROUP BY source, roll, need, scope;

CREATE OR REPLACE TABLE source_now AS
WITH gathered AS (
    SELECT
        source, roll, scope,
        max_by(state, badness) AS state,
        max(due_on) AS due_on,
        max(received) AS received,
        max(low) AS low,
        min(high) AS high,
        max(quarantined / nullif(CAST(received AS DOUBLE), 0)) AS refused_share,
        min(error_budget) AS error_budget
    FROM source_row
    GROUP BY source, roll, scope
)
SELECT
    g.*,
    g.scope <> '*' AND coalesce(g.state = w.state, FALSE) AS as_the_whole,
    w.state IS NOT NULL AND g.scope <> '*' AS part,
    (SELECT max(done) FROM working_day WHERE day <= $as_of) - d.due AS days_late
FROM gathered AS g
LEFT JOIN gathered AS w ON w.source = g.source AND w.roll = g.roll AND w.scope = '*'
LEFT JOIN working_day AS d ON d.day = g.due_on;
