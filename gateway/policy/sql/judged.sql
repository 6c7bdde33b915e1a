-- reads: universe, rule_row, rule_excuse, rule_county, rule_need, doubt; writes: nothing (gateway.policy
--   counts it, and spells out of it whom it is asked about)
-- why: gives each child of the universe exactly one outcome. The first line of `step` that holds wins;
--   what only the rolls can say (lines 5 on) comes after the source is known to be whole. Line 0 is no
--   outcome: the rule lost the child, or made it up. Counties of which there is nothing to say are not
--   joined: a join that finds nobody costs nothing.
WITH doubted AS (
    SELECT d.person_id, min(d.reason) AS reason, min_by(d.held_by, d.reason) AS held_by
    FROM doubt AS d
    JOIN rule_need AS n ON n.need = d.need AND n.rule = $rule AND n.reads_absence
    GROUP BY d.person_id
),
good AS (
    SELECT person_id, min(place) AS place
    FROM rule_excuse
    GROUP BY person_id
),
excuse AS (
    SELECT
        e.person_id, min(e.code) AS code, min(e.expires_on) AS expires_on,
        min_by(e.roll, coalesce(e.row_ref, '')) AS roll,
        min_by(e.row_key, coalesce(e.row_ref, '')) AS row_key, min(e.row_ref) AS row_ref
    FROM rule_excuse AS e
    JOIN good AS g ON g.person_id = e.person_id AND g.place = e.place
    GROUP BY e.person_id
),
special AS (
    SELECT *
    FROM rule_county
    WHERE rule = $rule AND (NOT in_force OR held_by IS NOT NULL OR NOT sees_enough)
),
placed AS (
    SELECT
        u.person_id AS subject_id, u.division, r.*, x.code AS excuse, x.expires_on, x.roll AS x_roll,
        x.row_key AS x_row_key, x.row_ref AS x_row_ref, d.reason AS doubt_reason, d.held_by AS doubt_by,
        CASE WHEN h.held_by IS NULL THEN a.held_reason ELSE h.held_reason END AS source_reason,
        coalesce(h.held_by, a.held_by) AS source_by,
        r.reads_absence AND coalesce(NOT h.sees_enough, FALSE) AS locally,
        CASE
            WHEN u.person_id IS NULL OR r.person_id IS NULL THEN 0
            WHEN NOT h.in_force THEN 1
            WHEN r.not_applicable IS NOT NULL THEN 3
            WHEN h.held_by IS NOT NULL OR a.held_by IS NOT NULL THEN 4
            WHEN r.elsewhere IS NOT NULL THEN 5
            WHEN r.satisfied IS NOT NULL THEN 6
            WHEN x.code IS NOT NULL THEN 7
            WHEN u.death_reported AND $suspended_by_death THEN 8
            WHEN r.held IS NOT NULL THEN 9
            WHEN r.reads_absence AND d.person_id IS NOT NULL THEN 10
            WHEN r.fires IS NULL THEN 0
            WHEN $phase = 'collects' THEN 11
            ELSE 12
        END AS step
    FROM universe AS u
    FULL JOIN rule_row AS r ON r.person_id = u.person_id
    LEFT JOIN special AS h ON h.county = u.county
    LEFT JOIN special AS a ON a.county = left(r.absence_division, 6) AND a.held_by IS NOT NULL
    LEFT JOIN excuse AS x ON x.person_id = u.person_id
    LEFT JOIN doubted AS d ON d.person_id = u.person_id
)
SELECT
    p.*,
    CASE
        WHEN step IN (1, 3, 5) THEN 'not_applicable'
        WHEN step IN (4, 9, 10, 11) THEN 'held'
        WHEN step = 6 THEN 'satisfied'
        WHEN step IN (7, 8) THEN 'excused'
        WHEN step = 12 THEN 'fires'
    END AS kind,
    CASE step
        WHEN 1 THEN 'not_in_force_here'
        WHEN 3 THEN not_applicable
        WHEN 4 THEN source_reason
        WHEN 5 THEN elsewhere
        WHEN 6 THEN satisfied
        WHEN 7 THEN excuse
        WHEN 8 THEN 'death_reported'
        WHEN 9 THEN held
        WHEN 10 THEN doubt_reason
        WHEN 11 THEN 'collecting'
        WHEN 12 THEN fires
    END AS reason,
    CASE step WHEN 4 THEN source_by WHEN 10 THEN doubt_by END AS held_by
FROM placed AS p;
