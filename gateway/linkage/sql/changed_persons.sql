-- reads: who, kept_person; writes: next_person, changed_person
-- why: persons of whom tonight tells something else than the night that was kept, came or went. The mark holds
--   all that a row is compared with.
CREATE OR REPLACE TABLE person_mark AS
SELECT
    person_id, registered,
    hash(
        person_id, registered, name_key, id_number, number_given, firm, birth_date, sex, division,
        guardian_name_key, guardian_id, former_name_key, pet_name_key
    ) AS mark
FROM who
WHERE registered = $registered;

INSERT INTO next_person SELECT * FROM person_mark;

INSERT INTO changed_person
SELECT p.person_id
FROM person_mark AS p
WHERE NOT EXISTS (SELECT 1 FROM kept_person AS k WHERE k.mark = p.mark)
UNION
SELECT k.person_id
FROM kept_person AS k
WHERE k.registered = $registered
    AND NOT EXISTS (SELECT 1 FROM person_mark AS p WHERE p.mark = k.mark);

DROP TABLE person_mark;
