-- reads: planned, person, child, link, enrolment; writes: nothing
-- why: the store keeps the people of cases that move tonight, as the rolls name them now, with what
--   an officer needs to tell two of them apart and to find the family. They are few: the rolls are
--   asked about them only.
WITH moved AS (
    SELECT DISTINCT
        p.person_id, p.name, p.id_number, p.birth_date, p.sex, p.division, p.household_key,
        p.registered, p.source, p.base_row_key
    FROM planned AS t
    JOIN person AS p ON p.person_id = t.person_id
    WHERE t.event IS NOT NULL
)
SELECT
    m.person_id, m.name, m.id_number, m.birth_date, m.sex, m.division, m.household_key,
    c.guardian_name, c.address, s.school_name, c.former_name, c.pet_name
FROM moved AS m
LEFT JOIN (
    SELECT
        w.person_id, min(r.guardian_name) AS guardian_name, min(r.address) AS address,
        min(r.former_name) AS former_name, min(r.pet_name) AS pet_name
    FROM child AS r
    JOIN moved AS w ON w.registered AND w.source = r.source AND w.base_row_key = r.row_key
    GROUP BY w.person_id
) AS c ON c.person_id = m.person_id
LEFT JOIN (
    SELECT w.person_id, min(e.school_name) AS school_name
    FROM moved AS w
    JOIN link AS l ON l.person_id = w.person_id AND l.table_name = 'enrolment' AND l.current
    JOIN enrolment AS e ON e.row_ref = l.row_ref
    GROUP BY w.person_id
) AS s ON s.person_id = m.person_id;
