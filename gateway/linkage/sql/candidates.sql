-- reads: row_side, person_side, crowded_name, crowded_day, crowded_number, char_sound, learned; writes: candidate
-- why: every way in which one child can look like two: each block is a hash join on what the slip left
--   whole. Two good numbers that differ are never compared (the veto).
CREATE OR REPLACE TABLE candidate AS
SELECT w.person_id, r.table_name, r.row_ref, FALSE AS sounds
FROM row_side AS r
JOIN person_side AS w ON w.id_number = r.id_number
UNION ALL
-- a number that the person has by a link of an earlier step
SELECT n.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN learned AS n ON n.id_number = r.id_number
UNION ALL
-- the resident number inside a student number
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN person_side AS w ON w.id_number = r.hint
UNION ALL
-- name and birth date
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN person_side AS w ON w.name_key = r.name_key AND w.birth_date = r.birth_date
WHERE NOT (w.firm AND r.firm)
    AND NOT (
        r.name_key IN (SELECT name_key FROM crowded_name)
        AND r.birth_date IN (SELECT birth_date FROM crowded_day)
    )
UNION ALL
-- name, and a birth date that slipped within its year
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN person_side AS w
    ON w.name_key = r.name_key AND year(w.birth_date) = year(r.birth_date)
WHERE w.birth_date <> r.birth_date
    AND NOT (w.firm AND r.firm)
    AND r.name_key NOT IN (SELECT name_key FROM crowded_name)
    AND date_near(w.birth_date, r.birth_date)
UNION ALL
-- name, and a digit of the year
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN person_side AS w
    ON w.name_key = r.name_key AND day_digits(w.birth_date) % 10000 = day_digits(r.birth_date) % 10000
WHERE w.birth_date <> r.birth_date
    AND NOT (w.firm AND r.firm)
    AND r.name_key NOT IN (SELECT name_key FROM crowded_name)
    AND date_near(w.birth_date, r.birth_date)
UNION ALL
-- name, and a lunar date of the year before
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN person_side AS w
    ON w.name_key = r.name_key
    AND year(w.birth_date + INTERVAL 60 DAY) = year(r.birth_date + INTERVAL 60 DAY)
WHERE year(w.birth_date) <> year(r.birth_date)
    AND NOT (w.firm AND r.firm)
    AND r.name_key NOT IN (SELECT name_key FROM crowded_name)
    AND date_near(w.birth_date, r.birth_date)
UNION ALL
-- name, and no birth date on one side
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM (SELECT * FROM row_side WHERE birth_date IS NULL) AS r
JOIN person_side AS w ON w.name_key = r.name_key
WHERE NOT (w.firm AND r.firm)
    AND r.name_key NOT IN (SELECT name_key FROM crowded_name)
UNION ALL
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN (SELECT * FROM person_side WHERE birth_date IS NULL) AS w ON w.name_key = r.name_key
WHERE NOT (w.firm AND r.firm)
    AND r.name_key NOT IN (SELECT name_key FROM crowded_name)
UNION ALL
-- name and guardian, whatever the birth date
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN person_side AS w
    ON w.name_key = r.name_key AND w.guardian_name_key = r.guardian_name_key
WHERE NOT (w.firm AND r.firm)
    AND r.name_key NOT IN (SELECT name_key FROM crowded_name)
UNION ALL
-- birth date and guardian, whatever the name
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN person_side AS w
    ON w.birth_date = r.birth_date AND w.guardian_name_key = r.guardian_name_key
WHERE NOT (w.firm AND r.firm)
    AND r.birth_date NOT IN (SELECT birth_date FROM crowded_day)
UNION ALL
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN person_side AS w ON w.birth_date = r.birth_date AND w.guardian_id = r.guardian_id
WHERE NOT (w.firm AND r.firm)
    AND r.birth_date NOT IN (SELECT birth_date FROM crowded_day)
UNION ALL
-- birth date and the first two characters: one character off behind them
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN person_side AS w
    ON w.birth_date = r.birth_date AND left(w.name_key, 2) = left(r.name_key, 2)
WHERE w.name_key <> r.name_key
    AND NOT (w.firm AND r.firm)
    AND r.birth_date NOT IN (SELECT birth_date FROM crowded_day)
    AND name_mark(w.name_key, r.name_key) = '~'
UNION ALL
-- birth date, surname and last character: one character off between them
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN person_side AS w
    ON w.birth_date = r.birth_date
    AND left(w.name_key, 1) = left(r.name_key, 1)
    AND right(w.name_key, 1) = right(r.name_key, 1)
WHERE w.name_key <> r.name_key
    AND NOT (w.firm AND r.firm)
    AND r.birth_date NOT IN (SELECT birth_date FROM crowded_day)
    AND name_mark(w.name_key, r.name_key) = '~'
UNION ALL
-- birth date, surname and the sound of the next character: sounds alike to the end
SELECT w.person_id, r.table_name, r.row_ref, TRUE
FROM (
    SELECT t.*, coalesce(c.sound, substr(t.name_key, 2, 1)) AS sound
    FROM row_side AS t
    LEFT JOIN char_sound AS c ON c.letter = substr(t.name_key, 2, 1)
) AS r
JOIN (
    SELECT t.*, coalesce(c.sound, substr(t.name_key, 2, 1)) AS sound
    FROM person_side AS t
    LEFT JOIN char_sound AS c ON c.letter = substr(t.name_key, 2, 1)
) AS w
    ON w.birth_date = r.birth_date
    AND left(w.name_key, 1) = left(r.name_key, 1)
    AND w.sound = r.sound
LEFT JOIN char_sound AS w3 ON w3.letter = substr(w.name_key, 3, 1)
LEFT JOIN char_sound AS r3 ON r3.letter = substr(r.name_key, 3, 1)
WHERE w.name_key <> r.name_key
    AND NOT (w.firm AND r.firm)
    AND r.birth_date NOT IN (SELECT birth_date FROM crowded_day)
    AND length(w.name_key) = length(r.name_key)
    AND coalesce(w3.sound, substr(w.name_key, 3, 1)) = coalesce(r3.sound, substr(r.name_key, 3, 1))
    AND substr(w.name_key, 4) = substr(r.name_key, 4)
UNION ALL
-- birth date and town: a changed given name, or another surname
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN person_side AS w
    ON w.birth_date = r.birth_date AND left(w.division, 9) = left(r.division, 9)
WHERE w.name_key <> r.name_key
    AND NOT (w.firm AND r.firm)
    AND r.birth_date NOT IN (SELECT birth_date FROM crowded_day)
    AND (left(w.name_key, 1) = left(r.name_key, 1) OR same_given(w.name_key, r.name_key))
UNION ALL
-- birth date and given name, where one side tells no town
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN person_side AS w
    ON w.birth_date = r.birth_date AND right(w.name_key, 2) = right(r.name_key, 2)
WHERE w.name_key <> r.name_key
    AND NOT (w.firm AND r.firm)
    AND r.birth_date NOT IN (SELECT birth_date FROM crowded_day)
    AND name_mark(w.name_key, r.name_key) = '~'
UNION ALL
-- guardian and year: name and birth date both slipped
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN person_side AS w
    ON w.guardian_name_key = r.guardian_name_key AND year(w.birth_date) = year(r.birth_date)
WHERE w.name_key <> r.name_key
    AND NOT (w.firm AND r.firm)
    AND name_mark(w.name_key, r.name_key) = '~'
    AND date_near(w.birth_date, r.birth_date)
UNION ALL
-- village and year: the same, for a child without a good number
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN (SELECT * FROM person_side WHERE NOT firm) AS w
    ON w.division = r.division
    AND year(w.birth_date) = year(r.birth_date)
    AND left(w.name_key, 1) = left(r.name_key, 1)
WHERE right(r.division, 3) <> '000'
    AND w.name_key <> r.name_key
    AND name_mark(w.name_key, r.name_key) = '~'
    AND date_near(w.birth_date, r.birth_date)
UNION ALL
-- village and surname, no birth date
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM (SELECT * FROM row_side WHERE birth_date IS NULL AND id_number IS NULL) AS r
JOIN person_side AS w
    ON w.division = r.division AND left(w.name_key, 1) = left(r.name_key, 1)
WHERE right(r.division, 3) <> '000'
    AND w.name_key <> r.name_key
    AND name_mark(w.name_key, r.name_key) = '~'
UNION ALL
-- a slip in the first ten digits of the number
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN person_side AS w ON right(w.number_given, 8) = right(r.number_given, 8)
WHERE (r.id_number IS NULL OR w.id_number IS NULL)
    AND coalesce(r.number_given NOT IN (SELECT number_given FROM crowded_number), TRUE)
    AND number_near(w.number_given, r.number_given)
UNION ALL
-- a slip in its last four
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN person_side AS w
    ON w.birth_date = r.birth_date AND left(w.number_given, 14) = left(r.number_given, 14)
WHERE (r.id_number IS NULL OR w.id_number IS NULL)
    AND number_near(w.number_given, r.number_given)
UNION ALL
-- a slip between them, where the birth date stands
SELECT w.person_id, r.table_name, r.row_ref, FALSE
FROM row_side AS r
JOIN person_side AS w
    ON w.birth_date = r.birth_date AND right(w.number_given, 3) = right(r.number_given, 3)
WHERE (r.id_number IS NULL OR w.id_number IS NULL)
    AND number_near(w.number_given, r.number_given);
