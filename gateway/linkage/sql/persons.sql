-- reads: base_row, borne_name, known_row, carried, fresh, filler_number, shared_number, twin_row, night; writes: who, link
-- why: one thin row a person, with what the comparison needs; a firm number decides date and sex.
CREATE OR REPLACE TABLE person_row AS
SELECT k.source, k.roll, k.row_key, i.person_id
FROM known_row AS k
JOIN (
    SELECT base_no, person_id FROM carried
    UNION ALL
    SELECT base_no, $first + place AS person_id FROM fresh
) AS i ON i.base_no = k.base_no;

INSERT INTO who
SELECT
    i.person_id, b.registered, b.source, b.roll, b.row_key, b.row_ref, b.name, b.name_key,
    b.id_number,
    number_read(b.id_number, b.id_given, b.id_state),
    b.firm,
    CASE
        WHEN b.firm AND coalesce(number_digits(b.id_number) <> day_digits(b.birth_date), TRUE)
            THEN number_date(b.id_number)
        WHEN b.birth_date > b.grown_born_by THEN b.birth_date
    END,
    CASE WHEN b.firm THEN number_sex(b.id_number) ELSE b.sex END,
    b.division, b.guardian_name_key, b.guardian_id, f.name_key, p.name_key,
    hash(b.address)
FROM (
    SELECT
        r.* EXCLUDE (id_number, id_given),
        CASE WHEN x.id_number IS NULL THEN r.id_number END AS id_number,
        CASE WHEN x.id_number IS NULL THEN r.id_given END AS id_given,
        n.grown_born_by,
        s.id_number IS NULL AND number_fits(r.id_number, r.birth_date, n.grown_born_by) AS firm
    FROM base_row AS r
    CROSS JOIN night AS n
    LEFT JOIN shared_number AS s ON s.id_number = r.id_number
    LEFT JOIN filler_number AS x ON x.id_number = coalesce(r.id_number, r.id_given)
) AS b
JOIN person_row AS i ON i.row_key = b.row_key AND i.source = b.source AND i.roll = b.roll
LEFT JOIN borne_name AS f ON f.name = b.former_name
LEFT JOIN borne_name AS p ON p.name = b.pet_name;

DROP TABLE person_row;

INSERT INTO link
SELECT
    person_id, source, base_roll, $table_name, base_row_key, row_ref, 'base', NULL, 'own row', TRUE, NULL,
    NULL
FROM who
WHERE registered = $registered;

INSERT INTO link
SELECT
    w.person_id, t.source, t.roll, b.table_name, t.row_key, b.row_ref, 'base', NULL,
    'same number and name', TRUE, NULL, NULL
FROM twin_row AS t
JOIN base_row AS b ON b.row_key = t.row_key AND b.source = t.source AND b.roll = t.roll
JOIN who AS w
    ON w.base_row_key = t.first_row_key AND w.source = t.first_source AND w.base_roll = t.first_roll;
