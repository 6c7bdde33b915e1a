-- reads: both_sides, learned, own_pair, school_level, name_sound, name_rarity, unseen_name, stranger,
--   level_weight, home_pair, letters_pair; writes: compared_pair, pair
-- why: what agrees and what differs, once for each pair, and how much that weighs; every later decision
--   reads these levels only. The levels are a table first: in one query each would be found as often as it is named.
CREATE OR REPLACE TABLE compared_pair AS
SELECT
    b.person_id, b.row_no, b.table_name, b.source, b.holder, b.quarantined, b.current,
    number_level(
        o.row_no IS NOT NULL,
        b.r_id, b.r_given, b.hint, b.r_born, b.r_firm,
        b.w_id, b.w_given, b.w_firm, b.w_born, n.id_number
    ) AS number,
    coalesce(y.level, written_level(
        b.r_name, rs.sound, rs.shape, b.w_name, ws.sound, ws.shape, b.former_name_key, b.pet_name_key
    )) AS name,
    birth_level(b.r_born, b.w_born) AS birth_date,
    sex_level(b.r_sex, b.w_sex) AS sex,
    coalesce(k.level, 'unknown') AS school,
    b.r_guardian, b.r_guardian_id, b.r_division, b.r_insured, b.w_guardian, b.w_guardian_id, b.w_division,
    h.row_no IS NOT NULL AS at_home, coalesce(f.rarity, t.rarity) AS rarity
FROM both_sides AS b
CROSS JOIN unseen_name AS t
LEFT JOIN own_pair AS o ON o.row_no = b.row_no AND o.person_id = b.person_id
LEFT JOIN school_level AS k ON k.row_no = b.row_no AND k.person_id = b.person_id
LEFT JOIN letters_pair AS y ON y.row_no = b.row_no AND y.person_id = b.person_id
LEFT JOIN home_pair AS h ON h.row_no = b.row_no AND h.person_id = b.person_id
LEFT JOIN learned AS n ON n.person_id = b.person_id
LEFT JOIN name_rarity AS f ON f.name_key = b.r_name
LEFT JOIN name_sound AS rs ON rs.name_key = b.r_name
LEFT JOIN name_sound AS ws ON ws.name_key = b.w_name;

-- Below the floor nobody is asked, linked or anybody's second best; who bears both name and birth date stays.
INSERT INTO pair
WITH leveled AS (
    SELECT
        p.*,
        household_level(
            p.r_guardian, p.r_guardian_id, p.r_division, p.r_insured,
            p.w_guardian, p.w_guardian_id, p.w_division, p.at_home,
            p.birth_date = 'same' AND p.name NOT IN ('same', 'sound', 'unknown')
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
