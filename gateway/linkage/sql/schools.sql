-- reads: candidate, rest, roll_record, link, enrolment; writes: school_level
-- why: a report that names a child by name and school only: the school is held against the schools of the
--   child's linked enrolments. Schools are told apart by their codes only; a name is written in many ways.
CREATE OR REPLACE TABLE school_level AS
SELECT
    c.row_no, c.person_id,
    CASE
        WHEN bool_or(coalesce(e.school_code = s.school_code, FALSE) OR coalesce(e.school_name = s.school_name, FALSE))
            THEN 'same'
        WHEN bool_and(e.school_code <> s.school_code) THEN 'differs'
        ELSE 'unknown'
    END AS level
FROM candidate AS c
JOIN rest AS r ON r.row_no = c.row_no
JOIN roll_record AS s ON s.row_ref = r.row_ref AND s.table_name = r.table_name
JOIN link AS l ON l.person_id = c.person_id AND l.table_name = 'enrolment' AND l.current
JOIN enrolment AS e ON e.row_key = l.row_key AND e.source = l.source AND e.roll = l.roll
WHERE coalesce(s.school_code, s.school_name) IS NOT NULL
GROUP BY c.row_no, c.person_id;
