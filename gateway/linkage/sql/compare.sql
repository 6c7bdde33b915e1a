-- reads: candidate, rest, who, learned, own_pair, school_level, name_sound, name_rarity,
--   unseen_name, stranger, level_weight, home_pair; writes: compared_pair, pair
-- why: what agrees and what differs, once for each pair, and how much that weighs; every later decision
--   reads these levels only. The levels are a table first: in one query each would be found as often as it is named.
CREATE OR REPLACE TABLE compared_pair AS
SELECT
    c.person_id, c.row_no, r.table_name, r.source, r.holder, r.quarantined, r.current,
    number_level(
        o.row_no IS NOT NULL,
        r.id_number, r.number_given, r.hint, r.birth_date, r.firm,
        w.id_number, w.number_given, w.firm, w.birth_date, n.id_number
    ) AS number,
    name_level(
        r.name_key, rs.sound, rs.shape, w.name_key, ws.sound, ws.shape, w.former_name_key, w.pet_name_key
    ) AS name,
    birth_level(r.birth_date, w.birth_date) AS birth_date,
    sex_level(r.sex, w.sex) AS sex,
    coalesce(k.level, 'unknown') AS school,
    r.guardian_name_key AS r_guardian, r.guardian_id AS r_guardian_id, r.division AS r_division,
    w.guardian_name_key AS w_guardian, w.guardian_id AS w_guardian_id, w.division AS w_division,
    h.row_no IS NOT NULL AS at_home, coalesce(f.rarity, t.rarity) AS rarity
FROM candidate AS c
CROSS JOIN unseen_name AS t
JOIN rest AS r ON r.row_no = c.row_no
JOIN who AS w ON w.person_id = c.person_id
LEFT JOIN own_pair AS o ON o.row_no = c.row_no AND o.person_id = c.person_id
LEFT JOIN school_level AS k ON k.row_no = c.row_no AND k.person_id = c.person_id
LEFT JOIN home_pair AS h ON h.row_no = c.row_no AND h.person_id = c.person_id
LEFT JOIN learned AS n ON n.person_id = c.person_id
LEFT JOIN name_rarity AS f ON f.name_key = r.name_key
LEFT JOIN name_sound AS rs ON rs.name_key = r.name_key
LEFT JOIN name_sound AS ws ON ws.name_key = w.name_key
-- A registered child has its file; only the others could be a registry row that was set aside.
WHERE r.table_name <> 'child' OR NOT r.current OR NOT w.registered;

-- Below the floor nobody is asked, linked or anybody's second best; who bears both name and birth date stays.
INSERT INTO pair
WITH leveled AS (
    SELECT
        p.*,
        household_level(
            p.r_guardian, p.r_guardian_id, p.r_division, p.w_guardian, p.w_guardian_id, p.w_division,
            p.at_home, p.birth_date = 'same' AND p.name NOT IN ('same', 'sound', 'unknown')
        ) AS household
    FROM compared_pair AS p
),
weighed AS (
    SELECT
        l.person_id, l.row_no, l.table_name, l.source, l.holder, l.quarantined, l.current,
        l.number, l.name, l.birth_date, l.sex, l.household, l.school, l.rarity,
        $prior + greatest(g.bits, 0) + wn.weight + wa.weight + wb.weight + ws.weight + wh.weight
            + wk.weight
            + CASE WHEN l.name = 'same' THEN l.rarity ELSE 0 END AS score
    FROM leveled AS l
    JOIN stranger AS g ON g.table_name = l.table_name AND g.source = l.source
    JOIN level_weight AS wn ON wn.comparison = 'number' AND wn.level = l.number
    JOIN level_weight AS wa ON wa.comparison = 'name' AND wa.level = l.name
    JOIN level_weight AS wb ON wb.comparison = 'birth_date' AND wb.level = l.birth_date
    JOIN level_weight AS ws ON ws.comparison = 'sex' AND ws.level = l.sex
    JOIN level_weight AS wh ON wh.comparison = 'household' AND wh.level = l.household
    JOIN level_weight AS wk ON wk.comparison = 'school' AND wk.level = l.school
)
SELECT * FROM weighed WHERE score >= $floor OR (name = 'same' AND birth_date = 'same');
