-- reads: who; writes: name_count
-- why: how rare a name is decides how much its agreement weighs.
CREATE OR REPLACE TABLE name_count AS
SELECT name_key, count(*) AS bearers
FROM who
WHERE name_key IS NOT NULL
GROUP BY name_key;
