-- reads: outcome, person_key, truth, truth_key; writes: nothing
-- why: what the night said, held against what really happened in the invented city, child by child, for
--   the rules that the city knows the truth of.
WITH named AS (
    SELECT p.person_id, min(k.child) AS child
    FROM person_key AS p
    JOIN truth_key AS k ON k.roll = p.roll AND k.row_key = p.row_key
    WHERE p.roll IN ('registry', 'assistance')
    GROUP BY p.person_id
),
said AS (
    SELECT
        o.rule,
        coalesce(n.child, -o.person_id) AS child,
        max(CASE o.kind WHEN 'fires' THEN 1 ELSE 0 END) AS fires,
        max(CASE o.kind WHEN 'held' THEN 1 ELSE 0 END) AS held
    FROM outcome AS o
    LEFT JOIN named AS n ON n.person_id = o.person_id
    WHERE o.kind IN ('fires', 'held') AND o.person_id IS NOT NULL
        AND o.rule IN (SELECT DISTINCT rule FROM truth)
    GROUP BY o.rule, coalesce(n.child, -o.person_id)
),
both_sides AS (
    SELECT
        coalesce(t.rule, s.rule) AS rule,
        coalesce(t.outcome = 'fires', FALSE) AS is_true,
        coalesce(s.fires, 0) = 1 AS fired,
        coalesce(s.held, 0) = 1 AS held,
        coalesce(t.clean, FALSE) AS clean
    FROM truth AS t
    FULL OUTER JOIN said AS s ON s.rule = t.rule AND s.child = t.child
)
SELECT
    rule,
    count(*) FILTER (WHERE is_true) AS truly,
    count(*) FILTER (WHERE is_true AND fired) AS found,
    count(*) FILTER (WHERE is_true AND NOT fired AND held) AS held,
    count(*) FILTER (WHERE is_true AND NOT fired AND NOT held) AS missed,
    count(*) FILTER (WHERE NOT is_true AND fired) AS "false",
    count(*) FILTER (WHERE is_true AND NOT fired AND clean) AS missed_clean,
    count(*) FILTER (WHERE NOT is_true AND fired AND clean) AS false_clean
FROM both_sides
GROUP BY rule
ORDER BY rule;
