-- reads: who, roll_row; writes: name_count, name_rarity, unseen_name
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

-- Bits that agreement of this name weighs above the average name; of a name not counted likewise.
CREATE OR REPLACE TABLE unseen_name AS
SELECT
    coalesce(sum(bearers), 0) + 1 / $u_name AS total,
    CASE
        WHEN $term_frequency THEN log2($u_name * (coalesce(sum(bearers), 0) + 1 / $u_name))
        ELSE 0
    END AS rarity
FROM name_count;

CREATE OR REPLACE TABLE name_rarity AS
SELECT n.name_key, CASE WHEN $term_frequency THEN t.rarity - log2(n.bearers + 1) ELSE 0 END AS rarity
FROM name_count AS n
CROSS JOIN unseen_name AS t;
