-- reads: base_rows; writes: nothing
-- why: who may be asked about: children, by the identity number that every bureau knows them by.
SELECT DISTINCT id_number
FROM base_rows
WHERE id_number IS NOT NULL
    AND coalesce(id_type, '01') = '01'
    AND (table_name = 'child' OR coalesce(birth_date > $born_after, FALSE))
ORDER BY id_number;
