-- reads: roll_row, rest, link; writes: stranger
-- why: a row's child could be somebody who is no person of the night. Rows with a good number that is
--   nobody's tell how many of those a roll has; the fewer they are against the file's prior, the more a
--   pair weighs, in whole bits and never by more than a city of $strangers needs.
CREATE OR REPLACE TABLE stranger AS
SELECT
    t.table_name, t.source,
    floor(log2(1 / $prior_share / greatest(t.total - coalesce(s.total, 0), $strangers))) AS bits
FROM (
    SELECT table_name, source, count(*) AS total FROM roll_row GROUP BY table_name, source
) AS t
LEFT JOIN (
    SELECT table_name, source, sum(total) AS total
    FROM (
        SELECT table_name, source, count(*) AS total FROM rest WHERE NOT firm OR quarantined
        GROUP BY table_name, source
        UNION ALL
        SELECT table_name, source, count(*) FROM link WHERE method <> 'base' GROUP BY table_name, source
    ) AS both_kinds
    GROUP BY table_name, source
) AS s ON s.table_name = t.table_name AND s.source = t.source;
