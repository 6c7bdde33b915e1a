-- reads: person; writes: nothing
-- why: what a sign of harm may have named these persons by.
SELECT person_id, id_number, name_key, birth_date
FROM person
WHERE list_contains($person_ids, person_id)
ORDER BY person_id;
