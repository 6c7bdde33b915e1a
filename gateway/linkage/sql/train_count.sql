-- reads: pair, rest, who, judged_pair; writes: train_pattern, pair
-- why: only how many pairs show which levels goes on; an officer's word on a pair goes with it.
INSERT INTO train_pattern
SELECT $block, p.number, p.name, p.birth_date, p.sex, p.household, j.same, count(*)
FROM pair AS p
LEFT JOIN (
    SELECT DISTINCT r.row_no, w.person_id, g.verdict = 'same' AS same
    FROM judged_pair AS g
    JOIN rest AS r
        ON r.source = g.source AND r.roll = g.roll AND r.table_name = g.table_name AND r.row_key = g.row_key
    JOIN who AS w
        ON w.source = g.other_source AND w.base_roll = g.other_roll AND w.base_row_key = g.other_key
    WHERE g.verdict <> 'unsure'
) AS j ON j.row_no = p.row_no AND j.person_id = p.person_id
GROUP BY p.number, p.name, p.birth_date, p.sex, p.household, j.same;

DELETE FROM pair;
