-- reads: standing, pair, found, rest, redo, kept_on, kept_undecided, stranger, level_weight;
--   writes: next_undecided, undecided
-- why: whoever could be the child of a row that is nobody's is held. A child that has a row of the roll for
--   sure is not absent from it: a second one is asked about from $ask_second bits on (two insurances, two schools).
INSERT INTO next_undecided
SELECT
    $stage, d.mark, s.person_id, r.source, r.roll, r.table_name, r.row_key, r.row_ref, r.quarantined,
    told_levels(
        $told_prior, greatest(g.bits, 0), wn.told, wa.told, CASE WHEN p.name = 'same' THEN p.rarity END, wb.told, ws.told,
        wh.told, CASE WHEN p.school <> 'unknown' THEN wk.told END, s.score - p.score
    ),
    s.score
FROM standing AS s
JOIN pair AS p ON p.row_no = s.row_no AND p.person_id = s.person_id
JOIN rest AS r ON r.row_no = s.row_no
JOIN redo AS d ON d.row_no = s.row_no
JOIN stranger AS g ON g.table_name = r.table_name AND g.source = r.source
JOIN level_weight AS wn ON wn.comparison = 'number' AND wn.level = p.number
JOIN level_weight AS wa ON wa.comparison = 'name' AND wa.level = p.name
JOIN level_weight AS wb ON wb.comparison = 'birth_date' AND wb.level = p.birth_date
JOIN level_weight AS ws ON ws.comparison = 'sex' AND ws.level = p.sex
JOIN level_weight AS wh ON wh.comparison = 'household' AND wh.level = p.household
JOIN level_weight AS wk ON wk.comparison = 'school' AND wk.level = p.school
WHERE s.score >= CASE WHEN s.second_row AND NOT s.quarantined THEN $ask_second ELSE $ask END
    AND (r.current OR r.quarantined)
    AND NOT EXISTS (SELECT 1 FROM found AS f WHERE f.row_no = s.row_no);

INSERT INTO next_undecided
SELECT k.*
FROM kept_undecided AS k
JOIN kept_on AS o ON o.mark = k.mark
WHERE k.stage = $stage;

INSERT INTO undecided
SELECT person_id, source, roll, table_name, row_key, row_ref, quarantined, why, weight
FROM next_undecided
WHERE stage = $stage;
