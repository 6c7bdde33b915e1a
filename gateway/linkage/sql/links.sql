-- reads: found, pair, rest, redo, kept_on, kept_link, learned, stranger, level_weight; writes: next_link, link
-- why: what was found, with the weight of every level as its explanation, and the second best beside it.
INSERT INTO next_link
SELECT
    $stage, d.mark, f.person_id, r.source, r.roll, r.table_name, r.row_key, r.row_ref,
    CASE
        WHEN p.number IN ('same', 'borrowed') AND n.id_number = r.id_number THEN 'learned_number'
        WHEN p.number IN ('same', 'borrowed') THEN 'number'
        WHEN p.number = 'student' THEN 'student_number'
        WHEN p.number = 'own' THEN 'own_number'
        ELSE 'score'
    END,
    f.score,
    told_levels(
        $told_prior, greatest(g.bits, 0), wn.told, wa.told, CASE WHEN p.name = 'same' THEN p.rarity END, wb.told, ws.told,
        wh.told, CASE WHEN p.school <> 'unknown' THEN wk.told END, f.score - p.score
    ),
    r.current, f.next_person, f.next_score
FROM found AS f
JOIN pair AS p ON p.row_no = f.row_no AND p.person_id = f.person_id
JOIN rest AS r ON r.row_no = f.row_no
JOIN redo AS d ON d.row_no = f.row_no
JOIN stranger AS g ON g.table_name = r.table_name AND g.source = r.source
LEFT JOIN learned AS n ON n.person_id = f.person_id
JOIN level_weight AS wn ON wn.comparison = 'number' AND wn.level = p.number
JOIN level_weight AS wa ON wa.comparison = 'name' AND wa.level = p.name
JOIN level_weight AS wb ON wb.comparison = 'birth_date' AND wb.level = p.birth_date
JOIN level_weight AS ws ON ws.comparison = 'sex' AND ws.level = p.sex
JOIN level_weight AS wh ON wh.comparison = 'household' AND wh.level = p.household
JOIN level_weight AS wk ON wk.comparison = 'school' AND wk.level = p.school;

INSERT INTO next_link
SELECT k.*
FROM kept_link AS k
JOIN kept_on AS o ON o.mark = k.mark
WHERE k.stage = $stage;

INSERT INTO link
SELECT
    person_id, source, roll, table_name, row_key, row_ref, method, weight, explanation, current,
    second_person_id, second_weight
FROM next_link
WHERE stage = $stage;
