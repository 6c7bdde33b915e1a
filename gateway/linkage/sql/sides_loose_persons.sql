-- reads: roll_row, seeker; writes: row_side, person_side
-- why: second pass: persons whose own number proves nothing, against the rows of good
--   numbers; such a number knows the birth date better than the row.
CREATE OR REPLACE VIEW row_side AS
SELECT
    table_name, row_ref, FALSE AS firm, name_key, id_number, id_number AS number_given,
    CAST(NULL AS VARCHAR) AS hint,
    number_date(id_number) AS birth_date,
    sex, division, guardian_name_key, guardian_id
FROM roll_row
WHERE id_number IS NOT NULL AND birth_date IS NOT NULL AND NOT quarantined;
CREATE OR REPLACE VIEW person_side AS SELECT * FROM seeker;
