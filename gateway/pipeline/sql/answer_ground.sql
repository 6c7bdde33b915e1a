-- reads: person, source_status; writes: answer_ground
-- why: what a yes or no rests on, once a question and county: whether the roll is verified there, how
--   far it sees, its date, and the day its next one is due.
CREATE OR REPLACE TABLE answer_ground AS
WITH question AS (
    SELECT 'in_school' AS question, 'enrolment' AS table_name, 3 AS needed
    UNION ALL
    SELECT 'insured', 'coverage', 3
    UNION ALL
    SELECT 'receives_benefit', 'child', 1
),
place AS (
    SELECT DISTINCT coalesce(left(division, 6), '') AS county
    FROM person
),
said AS (
    SELECT
        q.question, q.needed, p.county, s.source, s.roll,
        max(CASE s.coverage
            WHEN 'county' THEN 1 WHEN 'city' THEN 2 WHEN 'province' THEN 3 WHEN 'national' THEN 4 ELSE 0
        END) AS reach,
        max(CASE WHEN s.scope = '*' THEN s.state END) AS whole,
        max(CASE WHEN s.scope = p.county THEN s.state END) AS own,
        max(CASE WHEN s.scope <> '*' AND s.state <> 'verified' THEN s.state END) AS gap,
        min(s.roll_date) AS roll_date,
        min(s.due_on) AS due_on
    FROM question AS q
    CROSS JOIN place AS p
    JOIN source_status AS s
        ON s.table_name = q.table_name AND (s.scope IN ('*', p.county) OR p.county = '')
    GROUP BY q.question, q.needed, p.county, s.source, s.roll
)
SELECT
    question, county,
    bool_and(CASE
        WHEN whole NOT IN ('verified', 'partial') THEN FALSE
        WHEN own IS NOT NULL THEN own = 'verified'
        WHEN county = '' AND gap IS NOT NULL THEN FALSE
        ELSE coalesce(whole, 'verified') = 'verified'
    END) AS verified,
    max(reach) >= max(needed) AS sees_enough,
    CASE max(reach)
        WHEN 1 THEN 'county' WHEN 2 THEN 'city' WHEN 3 THEN 'province' WHEN 4 THEN 'national'
    END AS coverage,
    min(roll_date) AS roll_as_of,
    CAST(min(due_on) + INTERVAL 1 MONTH AS DATE) AS until_day
FROM said
GROUP BY question, county;
