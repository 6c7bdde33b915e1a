-- reads: planned, person; writes: nothing
-- why: the store keeps the people of cases that move tonight, as the rolls name them now.
SELECT DISTINCT p.person_id, p.name, p.id_number, p.birth_date, p.sex, p.division
FROM planned AS t
JOIN person AS p ON p.person_id = t.person_id
WHERE t.event IS NOT NULL;
