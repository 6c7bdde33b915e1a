-- reads: candidate, rest, who; writes: both_sides
-- why: what a row says and what is known of the person, side by side: rows and persons are joined once for each
--   comparison, and all that compares them reads this.
CREATE OR REPLACE TABLE both_sides AS
SELECT
    c.person_id, c.row_no, r.table_name, r.source, r.holder, r.quarantined, r.current,
    r.id_number AS r_id, r.number_given AS r_given, r.hint, r.firm AS r_firm,
    w.id_number AS w_id, w.number_given AS w_given, w.firm AS w_firm,
    r.name_key AS r_name, w.name_key AS w_name, w.former_name_key, w.pet_name_key,
    r.birth_date AS r_born, w.birth_date AS w_born, r.sex AS r_sex, w.sex AS w_sex,
    r.guardian_name_key AS r_guardian, r.guardian_id AS r_guardian_id, r.division AS r_division,
    r.insured_division AS r_insured,
    w.guardian_name_key AS w_guardian, w.guardian_id AS w_guardian_id, w.division AS w_division
FROM candidate AS c
JOIN rest AS r ON r.row_no = c.row_no
JOIN who AS w ON w.person_id = c.person_id
-- A registered child has its file; only the others could be a registry row that was set aside.
WHERE r.table_name <> 'child' OR NOT r.current OR NOT w.registered;
