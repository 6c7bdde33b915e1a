-- reads: rest, enrolment, enrolment_gone, child, child_gone; writes: row_home
-- why: where the rows that are nobody's by number say they live, as they write it: to read an address takes longer
--   than to compare all the rest of a pair, so that is done in pair_homes.sql, where it can tell something.
INSERT INTO row_home
SELECT r.row_no, a.address
FROM rest AS r
JOIN (
    SELECT 'enrolment' AS table_name, source, row_ref, address FROM enrolment
    UNION ALL
    SELECT 'enrolment', source, row_ref, address FROM enrolment_gone
    UNION ALL
    SELECT 'child', source, row_ref, address FROM child
    UNION ALL
    SELECT 'child', source, row_ref, address FROM child_gone
) AS a ON a.row_ref = r.row_ref AND a.table_name = r.table_name AND a.source = r.source
WHERE a.address IS NOT NULL;
