-- reads: link, rest, who, learned; writes: borne
-- why: a child's number may stand only on rows that were found to be the child's. Whoever bears such a number
--   is not silently absent from another roll where it stands on a row that is nobody's.
INSERT INTO borne
SELECT DISTINCT l.person_id, r.id_number
FROM (SELECT * FROM link WHERE method <> 'base') AS l
JOIN (SELECT * FROM rest WHERE id_number IS NOT NULL) AS r
    ON r.row_ref = l.row_ref AND r.table_name = l.table_name
WHERE l.current
    AND r.id_number NOT IN (SELECT id_number FROM who WHERE id_number IS NOT NULL)
    AND NOT EXISTS (
        SELECT 1 FROM borne AS b WHERE b.person_id = l.person_id AND b.id_number = r.id_number
    );
