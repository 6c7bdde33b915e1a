-- reads: row_mark, kept_person, kept_row, kept_number, kept_about, kept_lesson, about, changed_person, learned;
--   writes: lost_row, redo, batch, touched, touched_number
-- why: where tonight's answer could be another than the one that was kept: rows that changed or went, and
--   persons of whom something is known otherwise.
CREATE OR REPLACE TABLE lost_row AS
SELECT k.mark
FROM kept_row AS k
WHERE k.stage = $stage AND NOT EXISTS (SELECT 1 FROM row_mark AS m WHERE m.mark = k.mark);

CREATE OR REPLACE TABLE redo AS
SELECT m.row_no, m.mark
FROM row_mark AS m
WHERE NOT EXISTS (SELECT 1 FROM kept_row AS k WHERE k.mark = m.mark AND k.stage = $stage);

-- On a first night nobody is known otherwise.
CREATE OR REPLACE TABLE touched AS
SELECT person_id FROM changed_person WHERE EXISTS (SELECT 1 FROM kept_person)
UNION
SELECT person_id
FROM (
    SELECT person_id, id_number FROM learned
    EXCEPT
    SELECT person_id, id_number FROM kept_lesson WHERE stage < $stage
) AS learned_tonight
UNION
SELECT person_id
FROM (
    SELECT person_id, id_number FROM kept_lesson WHERE stage < $stage
    EXCEPT
    SELECT person_id, id_number FROM learned
) AS learned_before
UNION
SELECT person_id
FROM (
    SELECT person_id, what FROM about
    EXCEPT
    SELECT person_id, what FROM kept_about WHERE stage = $stage
) AS about_tonight
UNION
SELECT person_id
FROM (
    SELECT person_id, what FROM kept_about WHERE stage = $stage
    EXCEPT
    SELECT person_id, what FROM about
) AS about_before;

CREATE OR REPLACE TABLE touched_number AS
SELECT DISTINCT k.number
FROM kept_number AS k
JOIN lost_row AS l ON l.mark = k.mark
WHERE k.stage = $stage;

-- The others are held against those persons, in case one of them has come near.
CREATE OR REPLACE TABLE batch AS
SELECT m.row_no
FROM row_mark AS m
WHERE NOT EXISTS (SELECT 1 FROM redo AS d WHERE d.row_no = m.row_no);
