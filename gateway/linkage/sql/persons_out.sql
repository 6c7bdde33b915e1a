-- reads: who, link, enrolment, enrolment_gone, coverage, coverage_gone, child, child_gone, death; writes: person
-- why: the persons of the night as the other rooms see them; siblings share the household of the
--   smallest person id, so that the key says nothing of anybody.
CREATE OR REPLACE TABLE death_row AS
SELECT 'enrolment' AS table_name, row_ref FROM enrolment WHERE status_class = 'death'
UNION ALL
SELECT 'enrolment', row_ref FROM enrolment_gone WHERE status_class = 'death'
UNION ALL
SELECT 'coverage', row_ref FROM coverage WHERE survival = '2'
UNION ALL
SELECT 'coverage', row_ref FROM coverage_gone WHERE survival = '2'
UNION ALL
SELECT 'child', row_ref FROM child WHERE exit_reason LIKE '%死亡%'
UNION ALL
SELECT 'child', row_ref FROM child_gone WHERE exit_reason LIKE '%死亡%'
UNION ALL
SELECT 'death', row_ref FROM death;

CREATE OR REPLACE TABLE dead_person AS
SELECT DISTINCT l.person_id
FROM death_row AS d
JOIN link AS l ON l.row_ref = d.row_ref AND l.table_name = d.table_name;

CREATE OR REPLACE TABLE household AS
SELECT
    coalesce(guardian_id, guardian_name_key || left(division, 9)) AS guardian,
    min(person_id) AS household
FROM who
WHERE coalesce(guardian_id, guardian_name_key || left(division, 9)) IS NOT NULL
GROUP BY coalesce(guardian_id, guardian_name_key || left(division, 9))
HAVING count(*) > 1;

CREATE OR REPLACE TABLE person AS
SELECT
    w.person_id, w.registered, w.base_roll, w.base_row_key, w.source, w.name, w.name_key,
    w.id_number, w.birth_date, w.sex, w.division,
    'H' || CAST(coalesce(h.household, w.person_id) AS VARCHAR) AS household_key,
    d.person_id IS NOT NULL AS death_reported
FROM who AS w
LEFT JOIN household AS h
    ON h.guardian = coalesce(w.guardian_id, w.guardian_name_key || left(w.division, 9))
LEFT JOIN dead_person AS d ON d.person_id = w.person_id;
