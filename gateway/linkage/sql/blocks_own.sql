-- reads: own_pair, row_side, person_side; writes: candidate
-- why: a row is compared with whom its bureau's own number leads to.
INSERT INTO candidate
SELECT o.person_id, o.row_no
FROM own_pair AS o
JOIN row_side AS r ON r.row_no = o.row_no
JOIN person_side AS w ON w.person_id = o.person_id
WHERE NOT EXISTS (
    SELECT 1 FROM candidate AS c WHERE c.row_no = o.row_no AND c.person_id = o.person_id
);
