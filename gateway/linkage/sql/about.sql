-- reads: link, kept_edge, rest, roll_record, enrolment; writes: about
-- why: what bears on a person's pairs beside its own words: on which rolls it has a row by number already
--   (whom a row of last night could be), and the schools of its enrolments where reports tell schools.
CREATE OR REPLACE TABLE about AS
SELECT DISTINCT person_id, hash(table_name, source) AS what
FROM link
WHERE current AND person_id IN (SELECT person_id FROM kept_edge WHERE stage = $stage)
UNION ALL
SELECT DISTINCT l.person_id, hash('school', e.school_code, e.school_name)
FROM link AS l
JOIN enrolment AS e ON e.row_key = l.row_key AND e.source = l.source AND e.roll = l.roll
WHERE l.table_name = 'enrolment' AND l.current
    AND EXISTS (SELECT 1 FROM roll_record WHERE coalesce(school_code, school_name) IS NOT NULL);
