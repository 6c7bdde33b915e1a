-- reads: aid, attendance, contribution, death, disability, insured_identity, rehabilitation, quarantine, who,
--   night; writes: record_row, roll_record, roll_row
-- why: on these rolls a child has many rows, one a month or a payment. What is looked for is a person of the
--   roll: rows that say the same of a child are one record, linked once; record_links.sql gives the person
--   to each row. A good number with its name and birth date is one record wherever the child is said to live;
--   without one, everything that is told must agree. Grown-ups' rows are nobody's, unless under a child's name.
CREATE OR REPLACE VIEW record_row AS
SELECT
    r.*,
    sha256(
        r.table_name || chr(31) || r.source || chr(31) || r.roll || chr(31) || coalesce(r.name_key, '')
        || chr(31) || coalesce(CAST(r.birth_date AS VARCHAR), '') || chr(31)
        || coalesce(
            r.id_number,
            '-' || coalesce(r.id_given, '') || chr(31) || coalesce(r.sex, '') || chr(31)
            || coalesce(r.division, '') || chr(31) || coalesce(r.own_number, '') || chr(31)
            || coalesce(r.school_code, '') || chr(31) || coalesce(r.school_name, '')
        )
    ) AS record
FROM (
    SELECT
        'aid' AS table_name, source, roll, row_key, row_ref, name_key, id_number, id_given, id_state,
        birth_date, sex, division, CAST(NULL AS VARCHAR) AS own_number,
        CAST(NULL AS VARCHAR) AS school_code, CAST(NULL AS VARCHAR) AS school_name
    FROM aid
    UNION ALL
    SELECT
        'attendance', source, roll, row_key, row_ref, name_key, id_number, id_given, id_state,
        birth_date, sex, division, CAST(NULL AS VARCHAR), school_code, school_name
    FROM attendance
    UNION ALL
    SELECT
        'contribution', source, roll, row_key, row_ref, name_key, id_number, id_given, id_state,
        birth_date, sex, division, person_number, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR)
    FROM contribution
    UNION ALL
    SELECT
        'death', source, roll, row_key, row_ref, name_key, id_number, id_given, id_state,
        birth_date, sex, division, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR)
    FROM death
    UNION ALL
    SELECT
        'disability', source, roll, row_key, row_ref, name_key, id_number, id_given, id_state,
        birth_date, sex, division, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR)
    FROM disability
    UNION ALL
    SELECT
        'insured_identity', source, roll, row_key, row_ref, name_key, id_number, id_given, id_state,
        birth_date, sex, division, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR)
    FROM insured_identity
    UNION ALL
    SELECT
        'rehabilitation', source, roll, row_key, row_ref, name_key, id_number, id_given, id_state,
        birth_date, sex, division, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR)
    FROM rehabilitation
) AS r
CROSS JOIN night AS n
WHERE r.birth_date > n.grown_born_by
    OR number_digits(r.id_number) > day_digits(n.grown_born_by)
    OR (r.birth_date IS NULL AND r.id_number IS NULL)
    OR r.name_key IN (SELECT name_key FROM who WHERE name_key IS NOT NULL);

CREATE OR REPLACE TABLE roll_record AS
SELECT
    table_name, source, roll, record, min(row_key) AS first_key, min_by(row_ref, row_key) AS row_ref,
    min(name_key) AS name_key, min(id_number) AS id_number, min_by(id_given, row_key) AS id_given,
    min_by(id_state, row_key) AS id_state, min(birth_date) AS birth_date,
    min_by(sex, row_key) AS sex, min_by(division, row_key) AS division,
    min_by(own_number, row_key) AS own_number,
    min_by(school_code, row_key) AS school_code, min_by(school_name, row_key) AS school_name
FROM record_row
GROUP BY table_name, source, roll, record;

CREATE OR REPLACE VIEW roll_row AS
SELECT
    table_name, source, roll, record AS row_key, row_ref, FALSE AS quarantined, TRUE AS current,
    name_key, id_number, id_given, id_state, birth_date, sex, division,
    CAST(NULL AS VARCHAR) AS guardian_name_key, CAST(NULL AS VARCHAR) AS guardian_id, own_number,
    CAST(NULL AS VARCHAR) AS insured_division
FROM roll_record
UNION ALL
SELECT DISTINCT
    q.table_name, q.source, q.roll, CAST(NULL AS VARCHAR), q.row_ref,
    TRUE, TRUE, q.name_key, q.id_number, q.id_given, CAST(NULL AS VARCHAR),
    q.birth_date, q.sex, q.division, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR),
    CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR)
FROM quarantine AS q
WHERE q.table_name IN ('aid', 'attendance', 'contribution', 'death', 'disability', 'insured_identity', 'rehabilitation')
    AND coalesce(q.name_key, q.id_number, q.id_given) IS NOT NULL;
