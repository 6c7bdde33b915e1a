-- reads: candidate, pair, rest, stranger, level_weight; writes: undecided
-- why: whose number stands on a row that is nobody's is held by it, however little the pair weighs; two good
--   numbers that differ are two children.
INSERT INTO undecided
SELECT
    p.person_id, r.source, r.roll, r.table_name, r.row_key, r.row_ref, r.quarantined,
    told_levels(
        $told_prior, greatest(g.bits, 0), wn.told, wa.told, CASE WHEN p.name = 'same' THEN p.rarity END, wb.told, ws.told,
        wh.told, CASE WHEN p.school <> 'unknown' THEN wk.told END, CAST(NULL AS DOUBLE)
    ) || ';bears_number:0.0',
    p.score
FROM candidate AS c
JOIN pair AS p ON p.row_no = c.row_no AND p.person_id = c.person_id
JOIN rest AS r ON r.row_no = p.row_no
JOIN stranger AS g ON g.table_name = r.table_name AND g.source = r.source
JOIN level_weight AS wn ON wn.comparison = 'number' AND wn.level = p.number
JOIN level_weight AS wa ON wa.comparison = 'name' AND wa.level = p.name
JOIN level_weight AS wb ON wb.comparison = 'birth_date' AND wb.level = p.birth_date
JOIN level_weight AS ws ON ws.comparison = 'sex' AND ws.level = p.sex
JOIN level_weight AS wh ON wh.comparison = 'household' AND wh.level = p.household
JOIN level_weight AS wk ON wk.comparison = 'school' AND wk.level = p.school
WHERE p.number <> 'conflict';
