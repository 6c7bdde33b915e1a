-- reads: train_row, who; writes: rest, train_person
-- why: the sample as a night's own steps read rows, and all persons in an order of their own.
CREATE OR REPLACE TABLE rest AS
SELECT
    row_number() OVER (ORDER BY draw, row_ref) AS row_no,
    table_name, source, roll, row_key, row_ref, FALSE AS quarantined, TRUE AS current, firm,
    name_key, id_number, number_given, hint, birth_date, sex, division, guardian_name_key, guardian_id,
    CAST(NULL AS VARCHAR) AS own_number, insured_division, row_ref AS holder
FROM (
    SELECT * FROM train_row ORDER BY draw, row_ref LIMIT $sample
) AS drawn;

CREATE OR REPLACE TABLE train_person AS
SELECT
    person_id,
    row_number() OVER (ORDER BY md5($seed || '/' || source || '/' || base_roll || '/' || base_row_key)) - 1 AS place
FROM who;
