-- reads: verdict, found, link, who, roll_row, rest; writes: found
-- why: method 4 needs that nobody else on either side has this name and birth date, and that the
--   person has no row of this roll yet; the household or the place then speaks for the pair. A row
--   that carries the number of somebody else whom it could also be stays undecided for both.
CREATE OR REPLACE TABLE named AS
SELECT v.person_id, v.table_name, v.row_ref, v.name_key, v.birth_date
FROM verdict AS v
WHERE v.method = 4
    AND NOT EXISTS (
        SELECT 1 FROM found AS f WHERE f.table_name = v.table_name AND f.row_ref = v.row_ref
    )
    AND NOT EXISTS (
        SELECT 1 FROM found AS f WHERE f.table_name = v.table_name AND f.person_id = v.person_id
    )
    AND NOT EXISTS (
        SELECT 1 FROM verdict AS o
        WHERE o.table_name = v.table_name AND o.row_ref = v.row_ref
            AND o.number = '=' AND NOT (o.name = '!' AND o.birth = '!')
    )
    AND NOT EXISTS (
        SELECT 1 FROM link AS l WHERE l.table_name = v.table_name AND l.person_id = v.person_id
    );

CREATE OR REPLACE TABLE namesake_person AS
SELECT w.name_key, w.birth_date, count(*) AS persons
FROM who AS w
JOIN (SELECT DISTINCT name_key, birth_date FROM named) AS n
    ON n.name_key = w.name_key AND n.birth_date = w.birth_date
GROUP BY w.name_key, w.birth_date;

-- By the birth date as stated, and as a good number knows it.
CREATE OR REPLACE TABLE namesake_row AS
SELECT table_name, name_key, birth_date, count(DISTINCT holder) AS holders
FROM (
    SELECT
        n.table_name, n.name_key, n.birth_date,
        coalesce(r.own_number, r.row_key, r.row_ref) AS holder
    FROM roll_row AS r
    JOIN (SELECT DISTINCT table_name, name_key, birth_date FROM named) AS n
        ON n.name_key = r.name_key
        AND n.birth_date = r.birth_date
        AND n.table_name = r.table_name
    WHERE NOT r.quarantined
    UNION ALL
    SELECT n.table_name, n.name_key, n.birth_date, coalesce(r.own_number, r.row_key, r.row_ref)
    FROM rest AS r
    JOIN (SELECT DISTINCT table_name, name_key, birth_date FROM named) AS n
        ON n.name_key = r.name_key
        AND n.birth_date = r.birth_date
        AND n.table_name = r.table_name
    WHERE NOT r.quarantined
) AS stated
GROUP BY table_name, name_key, birth_date;

INSERT INTO found
SELECT n.table_name, n.row_ref, n.person_id, 4
FROM named AS n
JOIN namesake_person AS p ON p.name_key = n.name_key AND p.birth_date = n.birth_date
JOIN namesake_row AS r
    ON r.table_name = n.table_name AND r.name_key = n.name_key AND r.birth_date = n.birth_date
WHERE p.persons = 1 AND r.holders = 1;
