-- reads: rest, roll_row, link; writes: other_row, own_pair
-- why: rows that a bureau itself counts as one person (its own number for it) are one person here,
--   where another of them is linked already. Most rows are alone with their number: found first, the others are
--   few; `link` is large. A number that leads to more than $few persons is nobody's.
CREATE OR REPLACE TABLE other_row AS
SELECT s.row_no, r.row_ref, r.table_name
FROM rest AS s
JOIN roll_row AS r
    ON r.own_number = s.own_number AND r.table_name = s.table_name AND r.source = s.source
WHERE NOT s.quarantined AND r.row_ref <> s.row_ref;

CREATE OR REPLACE TABLE own_pair AS
SELECT DISTINCT l.person_id, o.row_no
FROM other_row AS o
JOIN link AS l ON l.row_ref = o.row_ref AND l.table_name = o.table_name;

DELETE FROM own_pair
WHERE row_no IN (SELECT row_no FROM own_pair GROUP BY row_no HAVING count(*) > $few);
