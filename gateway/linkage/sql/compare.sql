-- reads: pair_key, rest, who, learned, night; writes: pair
-- why: what agrees and what differs, once for each pair; every later decision reads these marks only.
--   A number that does not fit its own row's birth date is not that child's: it says nothing; and a
--   birth date read from the number does not speak for that number.
CREATE OR REPLACE TABLE pair AS
SELECT
    k.person_id, r.table_name, r.source, r.roll, r.row_key, r.row_ref, r.quarantined, r.current,
    r.own_number, r.name_key, r.birth_date, k.own,
    CASE WHEN r.fits THEN r.id_number END AS row_number,
    CASE
        WHEN r.id_number = w.id_number OR r.id_number = n.id_number THEN '='
        WHEN r.hint = w.id_number OR r.hint = n.id_number THEN 's'
        WHEN r.id_number IS NOT NULL AND w.id_number IS NOT NULL
            THEN CASE WHEN r.fits AND w.fits THEN '!' ELSE '?' END
        WHEN r.number_given IS NULL OR w.number_given IS NULL THEN '?'
        WHEN number_near(r.number_given, w.number_given) THEN '~'
        WHEN number_other(r.number_given, w.number_given) THEN '!'
        ELSE '?'
    END AS number,
    CASE
        WHEN name_mark(r.name_key, w.name_key) = '!' AND k.sounds THEN '~'
        ELSE name_mark(r.name_key, w.name_key)
    END AS name,
    CASE
        WHEN r.born_by_number AND (r.id_number = w.id_number OR r.id_number = n.id_number) THEN '?'
        ELSE date_mark(r.birth_date, w.birth_date)
    END AS birth,
    sex_mark(r.sex, w.sex) AS sex,
    guardian_mark(r.guardian_name_key, r.guardian_id, w.guardian_name_key, w.guardian_id)
        AS guardian,
    place_mark(r.division, w.division) AS place,
    left(r.name_key, 1) = left(w.name_key, 1) AS same_surname,
    w.firm AS person_firm,
    b.bearers
FROM pair_key AS k
JOIN (
    SELECT t.*, number_fits(t.id_number, t.birth_date, g.grown_born_by) AS fits
    FROM rest AS t
    CROSS JOIN night AS g
) AS r ON r.row_ref = k.row_ref AND r.table_name = k.table_name
JOIN (
    SELECT p.*, number_fits(p.id_number, p.birth_date, g.grown_born_by) AS fits
    FROM who AS p
    CROSS JOIN night AS g
) AS w ON w.person_id = k.person_id
LEFT JOIN learned AS n ON n.person_id = k.person_id
LEFT JOIN (
    SELECT table_name, name_key, count(*) AS bearers FROM rest GROUP BY table_name, name_key
) AS b ON b.table_name = r.table_name AND b.name_key = r.name_key
-- A registered child has its file; only the others could be a registry row that was set aside.
WHERE (r.table_name <> 'child' OR NOT r.current OR NOT w.registered)
    -- The veto again, with what is known of the person by now.
    AND NOT coalesce(r.fits AND r.id_number <> n.id_number AND r.id_number <> w.id_number, FALSE);
