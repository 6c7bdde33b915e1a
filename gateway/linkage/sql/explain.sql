-- reads: link, undecided; writes: nothing
-- why: everything that a night says of one person: its links first, then the pairs that are open.
SELECT
    person_id, source, roll, row_ref, method, TRUE AS linked, explanation, weight,
    second_person_id, second_weight
FROM link
WHERE person_id = $person_id
UNION ALL
SELECT person_id, source, roll, row_ref, 'undecided', FALSE, why, weight, NULL, NULL
FROM undecided
WHERE person_id = $person_id
ORDER BY linked DESC, source, roll, row_ref;
