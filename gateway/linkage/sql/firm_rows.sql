-- reads: unlinked, rest; writes: rest
-- why: second pass: persons whose own number proves nothing, against the rows whose good number is
--   nobody's yet. Such a number knows the birth date better than the row.
INSERT INTO rest
SELECT
    (SELECT coalesce(max(row_no), 0) FROM rest) + row_number() OVER (),
    r.table_name, r.source, r.roll, r.row_key, r.row_ref, FALSE, r.current, TRUE,
    r.name_key, r.id_number, r.id_number, CAST(NULL AS VARCHAR),
    CASE
        WHEN number_digits(r.id_number) = day_digits(r.birth_date) THEN r.birth_date
        ELSE number_date(r.id_number)
    END,
    r.sex, r.division, r.guardian_name_key, r.guardian_id, r.own_number, r.id_number
FROM unlinked AS r
WHERE NOT r.loose;
