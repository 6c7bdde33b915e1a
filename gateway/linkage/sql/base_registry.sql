-- reads: child, night; writes: base_row, borne_name
-- why: whoever stands in the registry tonight is a person of the night. Few have borne another name, so its key is
--   made of those names and not of everybody's blank.
CREATE OR REPLACE VIEW base_row AS
SELECT
    TRUE AS registered, 'child' AS table_name, c.source, c.roll, c.row_key, c.row_ref,
    c.name, c.name_key, c.id_number, c.id_given, c.id_state, c.birth_date, c.sex, c.division,
    c.guardian_name_key, c.guardian_id, c.former_name, c.pet_name, c.address
FROM child AS c
CROSS JOIN night AS n
WHERE c.exit_on IS NULL OR c.exit_on > n.as_of;

CREATE OR REPLACE TABLE borne_name AS
SELECT name, name_key(name) AS name_key
FROM (
    SELECT former_name AS name FROM child
    UNION
    SELECT pet_name FROM child
) AS borne
WHERE name IS NOT NULL;
