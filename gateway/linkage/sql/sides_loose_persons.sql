-- reads: roll_row, who, night, seeker; writes: firm_row, row_side, person_side
-- why: second pass: persons whose own number proves nothing, against the rows whose good number is
--   nobody's yet. Such a number knows the birth date better than the row.
CREATE OR REPLACE TABLE firm_row AS
SELECT
    r.table_name, r.row_ref, FALSE AS firm, r.name_key, r.id_number, r.id_number AS number_given,
    CAST(NULL AS VARCHAR) AS hint,
    CASE
        WHEN number_digits(r.id_number) = day_digits(r.birth_date) THEN r.birth_date
        ELSE number_date(r.id_number)
    END AS birth_date,
    r.sex, r.division, r.guardian_name_key, r.guardian_id
FROM roll_row AS r
CROSS JOIN night AS n
WHERE NOT r.quarantined
    AND r.birth_date IS NOT NULL
    AND number_fits(r.id_number, r.birth_date, n.grown_born_by)
    AND NOT EXISTS (SELECT 1 FROM who AS w WHERE w.id_number = r.id_number);
CREATE OR REPLACE VIEW row_side AS SELECT * FROM firm_row;
CREATE OR REPLACE VIEW person_side AS SELECT * FROM seeker;
