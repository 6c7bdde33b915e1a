-- reads: base_row, twin_row, shared_number, known_person, who, night; writes: carried, new_row, fresh
-- why: a child keeps its person id from night to night: by the row it stands in, else by its number.
CREATE OR REPLACE TABLE carried_row AS
SELECT b.source, b.roll, b.row_key, min(k.person_id) AS person_id
FROM base_row AS b
JOIN known_person AS k ON k.row_key = b.row_key AND k.source = b.source AND k.roll = b.roll
GROUP BY b.source, b.roll, b.row_key;

-- A first row takes the oldest id of the rows that are the same child.
CREATE OR REPLACE TABLE carried_first AS
SELECT source, roll, row_key, min(person_id) AS person_id
FROM (
    SELECT c.source, c.roll, c.row_key, c.person_id
    FROM carried_row AS c
    WHERE NOT EXISTS (
        SELECT 1 FROM twin_row AS t
        WHERE t.source = c.source AND t.roll = c.roll AND t.row_key = c.row_key
    )
    UNION ALL
    SELECT t.first_source, t.first_roll, t.first_row_key, c.person_id
    FROM carried_row AS c
    JOIN twin_row AS t ON t.source = c.source AND t.roll = c.roll AND t.row_key = c.row_key
) AS both_kinds
GROUP BY source, roll, row_key;

-- By number only where the row is new and the id is not taken by a row of its own. Such rows are few: found
-- first, they spare the join of everybody.
CREATE OR REPLACE TABLE new_row AS
SELECT b.source, b.roll, b.row_key, b.id_number, b.birth_date
FROM base_row AS b
WHERE NOT EXISTS (
        SELECT 1 FROM carried_first AS c
        WHERE c.row_key = b.row_key AND c.source = b.source AND c.roll = b.roll
    )
    AND NOT EXISTS (
        SELECT 1 FROM twin_row AS t
        WHERE t.source = b.source AND t.roll = b.roll AND t.row_key = b.row_key
    );

CREATE OR REPLACE TABLE carried_number AS
SELECT b.source, b.roll, b.row_key, min(k.person_id) AS person_id
FROM new_row AS b
JOIN known_person AS k ON k.id_number = b.id_number
CROSS JOIN night AS n
WHERE number_fits(b.id_number, b.birth_date, n.grown_born_by)
    AND NOT EXISTS (SELECT 1 FROM shared_number AS s WHERE s.id_number = b.id_number)
    AND NOT EXISTS (SELECT 1 FROM carried_first AS c WHERE c.person_id = k.person_id)
GROUP BY b.source, b.roll, b.row_key;

CREATE OR REPLACE TABLE carried_any AS
SELECT source, roll, row_key, person_id FROM carried_first
UNION ALL
SELECT source, roll, row_key, person_id FROM carried_number;

-- Two rows that were one child last night: the first keeps the id, the other gets a new one.
CREATE OR REPLACE TABLE carried_twice AS
SELECT person_id, min(source || '/' || roll || '/' || row_key) AS keeper
FROM carried_any
WHERE person_id IN (SELECT person_id FROM carried_any GROUP BY person_id HAVING count(*) > 1)
GROUP BY person_id;

CREATE OR REPLACE TABLE carried AS
SELECT c.source, c.roll, c.row_key, c.person_id
FROM carried_any AS c
LEFT JOIN carried_twice AS t ON t.person_id = c.person_id
WHERE (t.keeper IS NULL OR t.keeper = c.source || '/' || c.roll || '/' || c.row_key)
    AND NOT EXISTS (SELECT 1 FROM who AS w WHERE w.person_id = c.person_id);

CREATE OR REPLACE TABLE fresh AS
SELECT
    b.source, b.roll, b.row_key,
    row_number() OVER (ORDER BY b.source, b.roll, b.row_key) - 1 AS place
FROM base_row AS b
WHERE NOT EXISTS (
        SELECT 1 FROM carried AS c
        WHERE c.row_key = b.row_key AND c.source = b.source AND c.roll = b.roll
    )
    AND NOT EXISTS (
        SELECT 1 FROM twin_row AS t
        WHERE t.row_key = b.row_key AND t.source = b.source AND t.roll = b.roll
    );
