-- reads: universe, rule_row, rule_county; writes: nothing (gateway.policy counts it, and goes on with the rest)
-- why: what ends before anybody looks for an excuse, which is nearly everybody. The first line of `early` that
--   holds wins; what only the rolls can say (lines 5 and 6) comes after the source is known to be whole. Who
--   has none goes on. Counties of which there is nothing to say are not joined: a join that finds nobody
--   costs nothing.
WITH special AS (
    SELECT county, in_force, held_by, held_reason
    FROM rule_county
    WHERE rule = $rule AND (NOT in_force OR held_by IS NOT NULL)
),
near AS (
    SELECT u.person_id, h.in_force, h.held_by, h.held_reason
    FROM universe AS u
    JOIN special AS h ON h.county = u.county
),
placed AS (
    SELECT
        r.*,
        CASE WHEN h.held_by IS NULL THEN a.held_reason ELSE h.held_reason END AS source_reason,
        coalesce(h.held_by, a.held_by) AS source_by,
        CASE
            WHEN NOT h.in_force THEN 1
            WHEN r.not_applicable IS NOT NULL THEN 3
            WHEN h.held_by IS NOT NULL OR a.held_by IS NOT NULL THEN 4
            WHEN r.elsewhere IS NOT NULL THEN 5
            WHEN r.satisfied IS NOT NULL THEN 6
        END AS early
    FROM rule_row AS r
    LEFT JOIN near AS h ON h.person_id = r.person_id
    LEFT JOIN special AS a ON a.county = left(r.absence_division, 6) AND a.held_by IS NOT NULL
)
SELECT
    p.*,
    CASE
        WHEN early IN (1, 3, 5) THEN 'not_applicable'
        WHEN early = 4 THEN 'held'
        WHEN early = 6 THEN 'satisfied'
    END AS early_kind,
    CASE early
        WHEN 1 THEN 'not_in_force_here'
        WHEN 3 THEN not_applicable
        WHEN 4 THEN source_reason
        WHEN 5 THEN elsewhere
        WHEN 6 THEN satisfied
    END AS early_reason
FROM placed AS p;
