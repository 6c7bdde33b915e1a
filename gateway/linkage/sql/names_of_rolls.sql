-- reads: who, roll_row; writes: name_count
-- why: how rare a name is decides how much its agreement weighs. Three days of birth of every month are
--   counted: a tenth of all, the same tenth in whatever order rows come.
CREATE OR REPLACE TABLE name_count AS
SELECT name_key, count(*) AS bearers
FROM (
    SELECT name_key FROM who
    WHERE name_key IS NOT NULL AND day(birth_date) IN (5, 15, 25)
    UNION ALL
    SELECT name_key FROM roll_row
    WHERE NOT quarantined AND name_key IS NOT NULL AND day(birth_date) IN (5, 15, 25)
) AS named
GROUP BY name_key;
