-- reads: rest, roll_row, link; writes: own_pair
-- why: rows that a bureau itself counts as one person (its own number for it) are one person here,
--   where another of them is linked already.
CREATE OR REPLACE TABLE own_pair AS
SELECT DISTINCT l.person_id, s.row_no
FROM (
    SELECT row_no, table_name, source, row_ref, own_number
    FROM rest
    WHERE NOT quarantined AND own_number IS NOT NULL
) AS s
JOIN roll_row AS r
    ON r.own_number = s.own_number AND r.table_name = s.table_name AND r.source = s.source
JOIN link AS l ON l.row_ref = r.row_ref AND l.table_name = r.table_name
WHERE r.row_ref <> s.row_ref;
