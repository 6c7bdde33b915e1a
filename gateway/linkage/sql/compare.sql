-- reads: pair_key, rest, who, learned; writes: pair
-- why: what agrees and what differs, once for each pair; every later decision reads these marks only.
--   A number that does not fit its own row, or belongs to somebody of another name, says nothing; a
--   good number on a row without birth date says a little: it differs.
CREATE OR REPLACE TABLE pair AS
SELECT
    k.person_id, r.table_name, r.source, r.roll, r.row_key, r.row_ref, r.quarantined, r.current,
    r.own_number, r.name_key, r.birth_date, k.own,
    CASE WHEN r.firm THEN r.id_number END AS row_number,
    CASE
        WHEN r.id_number = w.id_number OR r.id_number = n.id_number THEN '='
        WHEN r.hint = w.id_number OR r.hint = n.id_number THEN 's'
        WHEN r.number_given IS NULL OR w.number_given IS NULL THEN '?'
        WHEN r.id_number IS NOT NULL AND w.id_number IS NOT NULL
            THEN CASE WHEN r.birth_date IS NULL THEN '!' ELSE '?' END
        WHEN number_near(r.number_given, w.number_given) THEN '~'
        ELSE '?'
    END AS number,
    CASE
        WHEN name_mark(r.name_key, w.name_key) = '!' AND k.sounds THEN '~'
        ELSE name_mark(r.name_key, w.name_key)
    END AS name,
    date_mark(r.birth_date, w.birth_date) AS birth,
    sex_mark(r.sex, w.sex) AS sex,
    guardian_mark(r.guardian_name_key, r.guardian_id, w.guardian_name_key, w.guardian_id)
        AS guardian,
    place_mark(r.division, w.division) AS place,
    left(r.name_key, 1) = left(w.name_key, 1) AS same_surname,
    same_given(r.name_key, w.name_key) AS same_given,
    w.firm AS person_firm
FROM pair_key AS k
JOIN rest AS r ON r.row_ref = k.row_ref AND r.table_name = k.table_name
JOIN who AS w ON w.person_id = k.person_id
LEFT JOIN learned AS n ON n.person_id = k.person_id
-- A registered child has its file; only the others could be a registry row that was set aside.
WHERE (r.table_name <> 'child' OR NOT r.current OR NOT w.registered)
    -- The veto again, with what is known of the person by now.
    AND NOT coalesce(r.firm AND r.id_number <> n.id_number AND r.id_number <> w.id_number, FALSE);
