-- reads: subject, enrolment_state, rule_need, rule_division, source_need, source_status, need_table;
--   writes: county, county_source, rule_county
-- why: whether a rule is in force, held, and far-sighted enough, decided once a county, not once a child.
--   '' is the county of children whose division is not known: any county's gap may be theirs.
CREATE OR REPLACE TABLE county AS
SELECT DISTINCT county FROM subject
UNION
SELECT DISTINCT left(division, 6) AS county FROM enrolment_state WHERE division IS NOT NULL;

-- A whole roll that is partial yields to the county's own row, which says whether that part came.
CREATE OR REPLACE TABLE county_source AS
WITH seen AS (
    SELECT
        c.county, n.need, n.source, n.roll,
        max(n.reach) AS reach,
        max(CASE WHEN n.scope = '*' THEN n.state END) AS whole,
        max(CASE WHEN n.scope = c.county THEN n.state END) AS own,
        max(CASE WHEN n.scope <> '*' AND n.state <> 'verified' THEN n.state END) AS gap
    FROM county AS c
    JOIN source_need AS n ON n.scope IN ('*', c.county) OR c.county = ''
    GROUP BY c.county, n.need, n.source, n.roll
)
SELECT
    county, need, source || '/' || roll AS held_by, reach,
    CASE
        WHEN whole NOT IN ('verified', 'partial') THEN whole
        WHEN own IS NOT NULL THEN own
        WHEN county = '' AND gap IS NOT NULL THEN gap
        ELSE coalesce(whole, 'verified')
    END AS state
FROM seen;

-- A roll of which no source ever spoke is not connected: the rule is not available, which is no alarm.
CREATE OR REPLACE TABLE rule_county AS
WITH connected AS (
    SELECT DISTINCT t.need
    FROM source_status AS s
    JOIN need_table AS t ON t.table_name = s.table_name
),
by_need AS (
    SELECT
        n.rule, c.county, n.need,
        bool_or(k.need IS NOT NULL) AS connected,
        count(s.held_by) AS sources,
        min(CASE WHEN s.state <> 'verified' THEN s.held_by END) AS held_by,
        min_by(s.state, s.held_by) FILTER (WHERE s.state <> 'verified') AS state,
        coalesce(max(s.reach), 0) >= max(n.reach) OR NOT bool_or(n.reads_absence) AS sees_enough
    FROM rule_need AS n
    CROSS JOIN county AS c
    LEFT JOIN connected AS k ON k.need = n.need
    LEFT JOIN county_source AS s ON s.need = n.need AND s.county = c.county
    GROUP BY n.rule, c.county, n.need
),
held AS (
    SELECT
        rule, county,
        min(CASE WHEN NOT connected THEN need END) AS not_connected,
        min(CASE WHEN sources = 0 THEN need ELSE held_by END) AS held_by,
        min_by(CASE WHEN sources = 0 THEN 'missing' ELSE state END,
            (CASE WHEN sources = 0 THEN need ELSE held_by END, state)) AS state,
        bool_and(sees_enough) AS sees_enough
    FROM by_need
    GROUP BY rule, county
)
SELECT
    h.rule, h.county,
    coalesce(h.not_connected, h.held_by) AS held_by,
    CASE WHEN h.not_connected IS NULL THEN 'source_' || h.state ELSE 'not_available' END AS held_reason,
    h.sees_enough,
    bool_or(d.prefix = '*' OR starts_with(h.county, d.prefix)) AS in_force
FROM held AS h
JOIN rule_division AS d ON d.rule = h.rule
GROUP BY h.rule, h.county, h.held_by, h.not_connected, h.state, h.sees_enough;
