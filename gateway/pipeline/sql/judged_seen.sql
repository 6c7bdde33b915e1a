-- reads: judged_seen, child, enrolment, coverage, assistance_member; writes: nothing
-- why: what tonight's rows say of whom officers have judged; of rolls with many rows of a child the key is what the
--   row says, and needs no second look.
SELECT s.table_name, s.source, s.roll, s.row_key, r.name_key, r.id_given
FROM judged_seen AS s
JOIN (
    SELECT 'child' AS table_name, source, roll, row_key, name_key, id_given FROM child
    UNION ALL
    SELECT 'enrolment', source, roll, row_key, name_key, id_given FROM enrolment
    UNION ALL
    SELECT 'coverage', source, roll, row_key, name_key, id_given FROM coverage
    UNION ALL
    SELECT 'assistance_member', source, roll, row_key, name_key, id_given FROM assistance_member
) AS r
    ON r.row_key = s.row_key AND r.table_name = s.table_name AND r.source = s.source AND r.roll = s.roll;
