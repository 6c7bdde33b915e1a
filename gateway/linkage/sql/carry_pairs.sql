-- reads: kept_pair, row_mark, redo, compared; writes: pair, kept_on, next_pair
-- why: a row that only competes with those that changed has the pairs that it had: none of whom it could be
--   became another. What everybody's pairs are before anything is learned is kept for the next night.
INSERT INTO pair
SELECT
    k.person_id, d.row_no, k.table_name, k.source, k.holder, k.quarantined, k.current, k.number, k.name,
    k.birth_date, k.sex, k.household, k.school, k.rarity, k.score
FROM kept_pair AS k
JOIN redo AS d ON d.mark = k.mark
WHERE k.stage = $stage AND d.row_no NOT IN (SELECT row_no FROM compared);

CREATE OR REPLACE TABLE kept_on AS
SELECT m.mark
FROM row_mark AS m
WHERE NOT EXISTS (SELECT 1 FROM redo AS d WHERE d.row_no = m.row_no);

INSERT INTO next_pair
SELECT k.*
FROM kept_pair AS k
JOIN kept_on AS o ON o.mark = k.mark
WHERE k.stage = $stage
UNION ALL
SELECT
    $stage, d.mark, p.person_id, p.table_name, p.source, p.holder, p.quarantined, p.current, p.number,
    p.name, p.birth_date, p.sex, p.household, p.school, p.rarity, p.score
FROM pair AS p
JOIN redo AS d ON d.row_no = p.row_no;
