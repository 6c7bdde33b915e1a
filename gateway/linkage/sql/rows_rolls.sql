-- reads: enrolment, coverage, enrolment_gone, coverage_gone, child, child_gone, quarantine, night;
--   writes: roll_row
-- why: the rows that all persons of the night are looked for in, in one shape for all rolls. A file
--   that has left the registry is linked too, so that a child who comes back is known, but never current.
CREATE OR REPLACE VIEW roll_row AS
SELECT
    'enrolment' AS table_name, e.source, e.roll, e.row_key, e.row_ref,
    FALSE AS quarantined, TRUE AS current, e.name_key, e.id_number, e.id_given, e.id_state,
    e.birth_date, e.sex, e.division, e.guardian_name_key, e.guardian_id,
    e.student_number AS own_number, CAST(NULL AS VARCHAR) AS insured_division
FROM enrolment AS e
UNION ALL
SELECT
    'coverage', c.source, c.roll, c.row_key, c.row_ref,
    FALSE, TRUE, c.name_key, c.id_number, c.id_given, c.id_state,
    c.birth_date, c.sex, c.division, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), c.person_number,
    c.insured_division
FROM coverage AS c
UNION ALL
SELECT
    'enrolment', e.source, e.roll, e.row_key, e.row_ref,
    FALSE, FALSE, e.name_key, e.id_number, e.id_given, e.id_state,
    e.birth_date, e.sex, e.division, e.guardian_name_key, e.guardian_id, e.student_number,
    CAST(NULL AS VARCHAR)
FROM enrolment_gone AS e
UNION ALL
SELECT
    'coverage', c.source, c.roll, c.row_key, c.row_ref,
    FALSE, FALSE, c.name_key, c.id_number, c.id_given, c.id_state,
    c.birth_date, c.sex, c.division, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), c.person_number,
    c.insured_division
FROM coverage_gone AS c
UNION ALL
SELECT
    'child', c.source, c.roll, c.row_key, c.row_ref,
    FALSE, FALSE, c.name_key, c.id_number, c.id_given, c.id_state,
    c.birth_date, c.sex, c.division, c.guardian_name_key, c.guardian_id, CAST(NULL AS VARCHAR),
    CAST(NULL AS VARCHAR)
FROM child AS c
CROSS JOIN night AS n
WHERE c.exit_on <= n.as_of
UNION ALL
SELECT
    'child', c.source, c.roll, c.row_key, c.row_ref,
    FALSE, FALSE, c.name_key, c.id_number, c.id_given, c.id_state,
    c.birth_date, c.sex, c.division, c.guardian_name_key, c.guardian_id, CAST(NULL AS VARCHAR),
    CAST(NULL AS VARCHAR)
FROM child_gone AS c
UNION ALL
SELECT DISTINCT
    q.table_name, q.source, q.roll, CAST(NULL AS VARCHAR), q.row_ref,
    TRUE, TRUE, q.name_key, q.id_number, q.id_given, CAST(NULL AS VARCHAR),
    q.birth_date, q.sex, q.division, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR),
    CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR)
FROM quarantine AS q
WHERE q.table_name IN ('enrolment', 'coverage', 'child')
    AND coalesce(q.name_key, q.id_number, q.id_given) IS NOT NULL;
