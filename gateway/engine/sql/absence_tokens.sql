-- reads: absence_rows; writes: absence_token
-- why: who is on a roll, as keyed tokens: by number, and by name with birth date; the key is this site's.
CREATE OR REPLACE TABLE absence_token AS
SELECT DISTINCT token FROM (
    SELECT sha256($key || chr(31) || 'number' || chr(31) || id_number) AS token
    FROM absence_rows
    WHERE id_number IS NOT NULL
    UNION ALL
    SELECT sha256($key || chr(31) || 'name' || chr(31) || name_key || chr(31) || CAST(birth_date AS VARCHAR))
        AS token
    FROM absence_rows
    WHERE name_key IS NOT NULL AND birth_date IS NOT NULL
) AS tokens;
