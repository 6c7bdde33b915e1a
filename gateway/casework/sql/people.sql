-- reads: planned, person, child, link, enrolment; writes: nothing
-- why: the store keeps the people of cases that move tonight, as the rolls name them now, with what
--   an officer needs to tell two of them apart and to find the family.
SELECT DISTINCT
    p.person_id, p.name, p.id_number, p.birth_date, p.sex, p.division, p.household_key,
    c.guardian_name, c.address, s.school_name, c.former_name, c.pet_name
FROM planned AS t
JOIN person AS p ON p.person_id = t.person_id
LEFT JOIN (
    SELECT
        source, row_key, min(guardian_name) AS guardian_name, min(address) AS address,
        min(former_name) AS former_name, min(pet_name) AS pet_name
    FROM child
    GROUP BY source, row_key
) AS c ON p.registered AND c.source = p.source AND c.row_key = p.base_row_key
LEFT JOIN (
    SELECT l.person_id, min(e.school_name) AS school_name
    FROM link AS l
    JOIN enrolment AS e ON e.row_ref = l.row_ref
    WHERE l.table_name = 'enrolment' AND l.current
    GROUP BY l.person_id
) AS s ON s.person_id = p.person_id
WHERE t.event IS NOT NULL;
