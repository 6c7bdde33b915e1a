-- reads: base_row; writes: shared_number, twin_row
-- why: base rows with the same number and name are one child; a number under two names proves nothing.
CREATE OR REPLACE TABLE shared_row AS
SELECT b.source, b.roll, b.row_key, b.id_number, b.name_key
FROM base_row AS b
JOIN (
    SELECT id_number
    FROM base_row
    WHERE id_number IS NOT NULL
    GROUP BY id_number
    HAVING count(*) > 1
) AS s ON s.id_number = b.id_number;

CREATE OR REPLACE TABLE shared_number AS
SELECT id_number
FROM shared_row
GROUP BY id_number
HAVING count(DISTINCT coalesce(name_key, '')) > 1;

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
