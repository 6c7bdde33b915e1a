-- reads: who, kept_person; writes: next_person, changed_person
-- why: persons of whom tonight tells something else than the night that was kept, came or went. The mark holds
--   all that a row is compared with.
INSERT INTO next_person
SELECT
    person_id, registered,
    hash(
        person_id, registered, name_key, id_number, number_given, firm, birth_date, sex, division,
        guardian_name_key, guardian_id, former_name_key, pet_name_key, home_mark
    ) AS mark
FROM who
WHERE registered = $registered;

INSERT INTO changed_person
SELECT DISTINCT coalesce(p.person_id, k.person_id)
FROM (SELECT person_id, mark FROM next_person WHERE registered = $registered) AS p
FULL JOIN (SELECT person_id, mark FROM kept_person WHERE registered = $registered) AS k
    ON k.mark = p.mark
WHERE p.mark IS NULL OR k.mark IS NULL;
