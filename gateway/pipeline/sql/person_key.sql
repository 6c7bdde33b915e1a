-- reads: person_key; writes: person_rows
-- why: who is who is frozen like any roll: a row key of its own, and a digest that tells when it changed.
CREATE OR REPLACE TABLE person_rows AS
SELECT
    source || chr(31) || roll || chr(31) || row_key AS row_key,
    person_id, source, roll, row_key AS row_key_of, id_number,
    sha256(CAST(person_id AS VARCHAR) || chr(31) || coalesce(id_number, '')) AS row_digest
FROM person_key;
