-- reads: all_status; writes: source_status, verified_period
-- why: a roll that is not due yet holds nothing: the newest one that was due, or came, speaks for its source.
CREATE OR REPLACE TABLE verified_period AS
SELECT DISTINCT source, roll, period
FROM all_status
WHERE scope = '*' AND state = 'verified' AND period <= $period;

CREATE OR REPLACE TABLE source_status AS
SELECT * EXCLUDE (place, period), $period AS period
FROM (
    SELECT
        s.*,
        row_number() OVER (
            PARTITION BY source, roll, table_name, scope
            ORDER BY CASE state WHEN 'expected' THEN 1 ELSE 0 END, period DESC
        ) AS place
    FROM all_status AS s
    WHERE period <= $period
) AS ranked
WHERE place = 1;
