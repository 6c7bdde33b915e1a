-- reads: base_row, crowded; writes: filler_number, shared_number, twin_row, crowded
-- why: base rows with the same number and name are one child; a number under two names proves nothing, and one on
--   more than $few rows is nobody's: what a system writes where there is none, whatever it looks like. A household
--   member that is written twice, once at least without a number, is one child too.
CREATE OR REPLACE TABLE base_number AS
SELECT id_number, count(*) AS files
FROM base_row
WHERE id_number IS NOT NULL
GROUP BY id_number
HAVING count(*) > 1;

CREATE OR REPLACE TABLE filler_number AS
SELECT id_number, sum(files) AS files
FROM (
    SELECT id_number, files FROM base_number WHERE files > $few
    UNION ALL
    SELECT id_given, count(*)
    FROM base_row
    WHERE id_number IS NULL AND id_given IS NOT NULL
    GROUP BY id_given
    HAVING count(*) > $few
) AS many
GROUP BY id_number;

INSERT INTO crowded
SELECT 'number', count(*), sum(files) FROM filler_number HAVING count(*) > 0;

CREATE OR REPLACE TABLE shared_row AS
SELECT b.source, b.roll, b.row_key, b.id_number, b.name_key
FROM base_row AS b
JOIN base_number AS s ON s.id_number = b.id_number
WHERE s.files <= $few;

CREATE OR REPLACE TABLE shared_number AS
SELECT id_number
FROM shared_row
GROUP BY id_number
HAVING count(DISTINCT coalesce(name_key, '')) > 1
UNION ALL
SELECT id_number FROM filler_number;

-- Every further row of one child, and the child's first row.
CREATE OR REPLACE TABLE twin_row AS
WITH ranked AS (
    SELECT
        source, roll, row_key, id_number, name_key,
        row_number() OVER (
            PARTITION BY id_number, name_key ORDER BY source, roll, row_key
        ) AS place
    FROM shared_row
    WHERE name_key IS NOT NULL
)
SELECT
    r.source, r.roll, r.row_key,
    f.source AS first_source, f.roll AS first_roll, f.row_key AS first_row_key
FROM ranked AS r
JOIN ranked AS f ON f.id_number = r.id_number AND f.name_key = r.name_key AND f.place = 1
WHERE r.place > 1;

-- One household (its head, or the head's name in one village) has no two children of one name and birth date.
CREATE OR REPLACE TABLE shared_home AS
SELECT
    source, roll, name_key, birth_date, home,
    coalesce(min(row_key) FILTER (id_number IS NOT NULL), min(row_key)) AS first_row_key
FROM (
    SELECT
        b.source, b.roll, b.row_key, b.name_key, b.birth_date, b.id_number,
        coalesce(b.guardian_id, b.guardian_name_key || b.division) AS home,
        t.row_key IS NULL AS is_first
    FROM base_row AS b
    LEFT JOIN twin_row AS t ON t.row_key = b.row_key AND t.source = b.source AND t.roll = b.roll
    WHERE NOT b.registered
) AS m
WHERE name_key IS NOT NULL AND birth_date IS NOT NULL AND home IS NOT NULL
GROUP BY source, roll, name_key, birth_date, home
HAVING count(*) > greatest(count(id_number), 1) AND count(DISTINCT id_number) <= 1 AND bool_and(is_first);

INSERT INTO twin_row
SELECT b.source, b.roll, b.row_key, h.source, h.roll, h.first_row_key
FROM base_row AS b
JOIN shared_home AS h
    ON h.source = b.source AND h.roll = b.roll AND h.name_key = b.name_key AND h.birth_date = b.birth_date
    AND h.home = coalesce(b.guardian_id, b.guardian_name_key || b.division)
WHERE NOT b.registered AND b.id_number IS NULL AND b.row_key <> h.first_row_key;
