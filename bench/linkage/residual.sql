-- reads: rest, who, child, truth, link, name_look, row_home; writes: uid_of, splink_row, splink_person
-- why: what the deterministic pass leaves, and everybody, as Splink reads two data sets: the columns of
--   gateway/linkage/splink.py, and whom each truly is, which Splink is not shown.
CREATE OR REPLACE TABLE uid_of AS
SELECT child AS uid, CASE roll WHEN 'registry' THEN 'child' ELSE roll END AS table_name, row_key
FROM truth;

CREATE OR REPLACE TABLE splink_row AS
SELECT
    r.table_name || '/' || r.row_key AS unique_id, r.table_name, u.uid,
    r.name_key, l.sound AS name_sound, l.shape AS name_shape, CAST(NULL AS VARCHAR) AS former_name_key,
    CAST(NULL AS VARCHAR) AS pet_name_key, r.birth_date, r.sex, r.id_number, r.number_given, r.hint, r.firm,
    r.division, r.insured_division, r.guardian_name_key, r.guardian_id, address_home(h.address) AS home
FROM rest AS r
LEFT JOIN row_home AS h ON h.row_no = r.row_no
LEFT JOIN name_look AS l ON l.name_key = r.name_key
LEFT JOIN uid_of AS u ON u.row_key = r.row_key AND u.table_name = r.table_name
WHERE NOT r.quarantined AND r.current;

CREATE OR REPLACE TABLE splink_person AS
SELECT
    CAST(w.person_id AS VARCHAR) AS unique_id, 'child' AS table_name, u.uid,
    w.name_key, l.sound AS name_sound, l.shape AS name_shape, w.former_name_key, w.pet_name_key, w.birth_date,
    w.sex, w.id_number, w.number_given, CAST(NULL AS VARCHAR) AS hint, w.firm, w.division,
    CAST(NULL AS VARCHAR) AS insured_division,
    w.guardian_name_key, w.guardian_id, address_home(c.address) AS home
FROM who AS w
LEFT JOIN child AS c ON c.row_key = w.base_row_key AND c.source = w.source AND c.roll = w.base_roll
LEFT JOIN name_look AS l ON l.name_key = w.name_key
LEFT JOIN uid_of AS u ON u.row_key = w.base_row_key AND u.table_name = 'child';
