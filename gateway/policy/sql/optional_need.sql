-- reads: rule_need, need_table, source_status, link; writes: rule_need
-- why: a roll that a rule reads where it is connected is no need of it elsewhere. Nor is it while nobody of ours
--   stands in it: what nobody's row can show proves nothing. But one that should be here and is not whole may
--   yet name somebody, so it is waited for.
CREATE OR REPLACE TABLE rule_need AS
WITH here AS (
    SELECT DISTINCT t.need, s.table_name, s.state
    FROM need_table AS t
    JOIN source_status AS s ON s.table_name = t.table_name
),
there AS (
    SELECT h.need FROM here AS h WHERE h.state <> 'verified'
    UNION
    SELECT h.need FROM here AS h JOIN link AS l ON l.table_name = h.table_name
)
SELECT n.rule, n.need, n.reach, n.reads_absence, n.optional
FROM rule_need AS n
LEFT JOIN there AS h ON h.need = n.need
WHERE h.need IS NOT NULL OR NOT n.optional;
