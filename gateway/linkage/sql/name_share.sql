-- reads: name_count; writes: name_rarity, unseen_name
-- why: bits that agreement of a name weighs above the average name; of a name not counted likewise. In quarters
--   of a bit: a child more or less in the city changes nobody's weight but where a quarter is full.
CREATE OR REPLACE TABLE unseen_name AS
SELECT
    coalesce(sum(bearers), 0) + 1 / $u_name AS total,
    CASE
        WHEN $term_frequency THEN quarter(log2($u_name * (coalesce(sum(bearers), 0) + 1 / $u_name)))
        ELSE 0
    END AS rarity
FROM name_count;

CREATE OR REPLACE TABLE name_rarity AS
SELECT
    n.name_key,
    CASE WHEN $term_frequency THEN quarter(log2($u_name * t.total) - log2(n.bearers + 1)) ELSE 0 END
        AS rarity
FROM name_count AS n
CROSS JOIN unseen_name AS t;
