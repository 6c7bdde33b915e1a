-- reads: known_before; writes: nothing
-- why: the persons of earlier nights keep their numbers.
SELECT person_id, source, roll, row_key_of AS row_key, id_number
FROM known_before
