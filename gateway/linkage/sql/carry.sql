-- reads: base_row, twin_row, shared_number, known_person, who, night; writes: known_row, carried, fresh
-- why: a child keeps its person id from night to night: by the row it stands in, else by its number. Everybody's row
--   is looked up once and has a number from there (base_no).
CREATE OR REPLACE TABLE known_row AS
SELECT
    b.source, b.roll, b.row_key, b.id_number, b.birth_date, row_number() OVER () AS base_no, k.person_id
FROM base_row AS b
LEFT JOIN (
    SELECT source, roll, row_key, min(person_id) AS person_id
    FROM known_person
    GROUP BY source, roll, row_key
) AS k ON k.row_key = b.row_key AND k.source = b.source AND k.roll = b.roll;

CREATE OR REPLACE TABLE twin_no AS
SELECT b.base_no, f.base_no AS first_no
FROM twin_row AS t
JOIN known_row AS b ON b.row_key = t.row_key AND b.source = t.source AND b.roll = t.roll
JOIN known_row AS f
    ON f.row_key = t.first_row_key AND f.source = t.first_source AND f.roll = t.first_roll;

-- A first row takes the oldest id of the rows that are the same child; a new one has none yet.
CREATE OR REPLACE TABLE carried_row AS
SELECT k.base_no, least(k.person_id, t.person_id) AS person_id
FROM known_row AS k
LEFT JOIN (
    SELECT n.first_no, min(o.person_id) AS person_id
    FROM twin_no AS n
    JOIN known_row AS o ON o.base_no = n.base_no
    GROUP BY n.first_no
) AS t ON t.first_no = k.base_no
WHERE k.base_no NOT IN (SELECT base_no FROM twin_no);

-- By number only where the row is new and the id is not taken by a row of its own. Such rows are few: found
-- first, they spare the join of everybody.
CREATE OR REPLACE TABLE new_row AS
SELECT k.base_no, k.id_number, k.birth_date
FROM carried_row AS c
JOIN known_row AS k ON k.base_no = c.base_no
WHERE c.person_id IS NULL;

CREATE OR REPLACE TABLE carried_number AS
SELECT b.base_no, min(k.person_id) AS person_id
FROM new_row AS b
JOIN known_person AS k ON k.id_number = b.id_number
CROSS JOIN night AS n
WHERE number_fits(b.id_number, b.birth_date, n.grown_born_by)
    AND NOT EXISTS (SELECT 1 FROM shared_number AS s WHERE s.id_number = b.id_number)
    AND NOT EXISTS (SELECT 1 FROM carried_row AS c WHERE c.person_id = k.person_id)
GROUP BY b.base_no;

CREATE OR REPLACE TABLE carried_any AS
SELECT base_no, person_id FROM carried_row WHERE person_id IS NOT NULL
UNION ALL
SELECT base_no, person_id FROM carried_number;

-- Two rows that were one child last night: the first keeps the id, the other gets a new one.
CREATE OR REPLACE TABLE carried_twice AS
SELECT person_id FROM carried_any GROUP BY person_id HAVING count(*) > 1;

CREATE OR REPLACE TABLE keeper AS
SELECT c.person_id, min_by(b.base_no, b.source || '/' || b.roll || '/' || b.row_key) AS base_no
FROM carried_twice AS t
JOIN carried_any AS c ON c.person_id = t.person_id
JOIN known_row AS b ON b.base_no = c.base_no
GROUP BY c.person_id;

CREATE OR REPLACE TABLE carried AS
SELECT c.base_no, c.person_id
FROM carried_any AS c
LEFT JOIN keeper AS k ON k.person_id = c.person_id
WHERE (k.base_no IS NULL OR k.base_no = c.base_no)
    AND NOT EXISTS (SELECT 1 FROM who AS w WHERE w.person_id = c.person_id);

CREATE OR REPLACE TABLE fresh AS
SELECT
    b.base_no, row_number() OVER (ORDER BY b.source, b.roll, b.row_key) - 1 AS place
FROM known_row AS b
WHERE b.base_no NOT IN (SELECT base_no FROM carried)
    AND b.base_no NOT IN (SELECT base_no FROM twin_no);
