-- reads: rest, link; writes: rest
-- why: a row that an officer gave to a person is looked for no more.
DELETE FROM rest AS r
WHERE EXISTS (
    SELECT 1 FROM link AS l
    WHERE l.method = 'judgement' AND l.table_name = r.table_name AND l.row_ref = r.row_ref
);
