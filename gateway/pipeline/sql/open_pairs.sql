-- reads: undecided, person, child, enrolment, coverage, assistance_member, roll_record; writes: nothing
-- why: every pair that waits for an officer, the person's own row beside the other one. Rows that were
--   set aside are no pair: they are mended first. Of rolls with many rows of a child the record is named,
--   so that what is said of it holds next month too.
WITH shown AS (
    SELECT
        'child' AS table_name, source, roll, row_key, row_key AS named, row_ref, name_key, id_given, birth_date, sex,
        division, guardian_name_key
    FROM child
    UNION ALL
    SELECT
        'enrolment', source, roll, row_key, row_key, row_ref, name_key, id_given, birth_date, sex, division,
        guardian_name_key
    FROM enrolment
    UNION ALL
    SELECT
        'coverage', source, roll, row_key, row_key, row_ref, name_key, id_given, birth_date, sex, division,
        CAST(NULL AS VARCHAR)
    FROM coverage
    UNION ALL
    SELECT
        'assistance_member', source, roll, row_key, row_key, row_ref, name_key, id_given, birth_date, sex,
        division, head_name_key
    FROM assistance_member
    UNION ALL
    SELECT
        table_name, source, roll, first_key, record, row_ref, name_key, id_given, birth_date, sex,
        division, CAST(NULL AS VARCHAR)
    FROM roll_record
),
pairs AS (
    SELECT
        u.person_id, u.why, u.weight, u.table_name, u.source, u.roll, u.row_key,
        CASE WHEN p.registered THEN 'child' ELSE 'assistance_member' END AS own_table,
        p.source AS own_source, p.base_roll AS own_roll, p.base_row_key AS own_key
    FROM undecided AS u
    JOIN person AS p ON p.person_id = u.person_id
    WHERE NOT u.quarantined AND u.row_key IS NOT NULL
)
SELECT
    p.person_id, p.why, p.weight,
    o.table_name AS own_table, o.source AS own_source, o.roll AS own_roll, o.row_key AS own_key,
    o.row_ref AS own_ref, o.name_key AS own_name, o.id_given AS own_number,
    o.birth_date AS own_born, o.sex AS own_sex, o.division AS own_division,
    o.guardian_name_key AS own_guardian,
    r.table_name, r.source, r.roll, r.named AS row_key, r.row_ref, r.name_key AS name,
    r.id_given AS number, r.birth_date AS born, r.sex, r.division, r.guardian_name_key AS guardian
FROM pairs AS p
JOIN shown AS o
    ON o.table_name = p.own_table AND o.source = p.own_source AND o.roll = p.own_roll
    AND o.row_key = p.own_key
JOIN shown AS r
    ON r.table_name = p.table_name AND r.source = p.source AND r.roll = p.roll
    AND r.row_key = p.row_key
ORDER BY p.weight DESC NULLS FIRST, p.person_id, r.table_name, r.row_ref;
