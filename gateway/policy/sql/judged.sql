-- reads: universe, begun, rule_excuse, rule_county, rule_need, doubt; writes: nothing (gateway.policy counts it,
--   and spells out of it whom it is asked about)
-- why: gives each child of the universe exactly one outcome: what ended early stays, the first line of `step`
--   that holds wins for the others. Line 0 is no outcome: the rule lost the child, or made it up.
WITH doubted AS (
    SELECT d.person_id, min(d.reason) AS reason, min_by(d.held_by, (d.reason, d.held_by)) AS held_by
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
        min_by(e.row_key, (coalesce(e.row_ref, ''), e.row_key)) AS row_key, min(e.row_ref) AS row_ref
    FROM rule_excuse AS e
    JOIN good AS g ON g.person_id = e.person_id AND g.place = e.place
    GROUP BY e.person_id
),
near_sighted AS (
    SELECT county FROM rule_county WHERE rule = $rule AND NOT sees_enough
),
placed AS (
    SELECT
        u.person_id AS subject_id, u.division, b.*, x.code AS excuse, x.expires_on, x.roll AS x_roll,
        x.row_key AS x_row_key, x.row_ref AS x_row_ref, d.reason AS doubt_reason, d.held_by AS doubt_by,
        b.reads_absence AND l.county IS NOT NULL AS locally,
        CASE
            WHEN u.person_id IS NULL OR b.person_id IS NULL THEN 0
            WHEN b.early IS NOT NULL THEN b.early
            WHEN x.code IS NOT NULL THEN 7
            WHEN u.death_reported AND $suspended_by_death THEN 8
            WHEN b.held IS NOT NULL THEN 9
            WHEN b.reads_absence AND d.person_id IS NOT NULL THEN 10
            WHEN b.fires IS NULL THEN 0
            WHEN $phase = 'collects' THEN 11
            ELSE 12
        END AS step
    FROM universe AS u
    FULL JOIN begun AS b ON b.person_id = u.person_id
    LEFT JOIN near_sighted AS l ON l.county = u.county
    LEFT JOIN excuse AS x ON x.person_id = u.person_id
    LEFT JOIN doubted AS d ON d.person_id = u.person_id
)
SELECT
    p.*,
    CASE
        WHEN step IN (9, 10, 11) THEN 'held'
        WHEN step IN (7, 8) THEN 'excused'
        WHEN step = 12 THEN 'fires'
        WHEN step > 0 THEN early_kind
    END AS kind,
    CASE step
        WHEN 7 THEN excuse
        WHEN 8 THEN 'death_reported'
        WHEN 9 THEN held
        WHEN 10 THEN doubt_reason
        WHEN 11 THEN 'collecting'
        WHEN 12 THEN fires
        WHEN 0 THEN NULL
        ELSE early_reason
    END AS reason,
    CASE step WHEN 4 THEN source_by WHEN 10 THEN doubt_by END AS held_by
FROM placed AS p;
