-- reads: rest, crowded_day, crowded_guardian; writes: rest
-- why: a date or a guardian so crowded, and on one in a hundred or more of the rows that are looked for, is what a
--   system writes where nothing is told. It says nothing of anybody: agreeing in it is no likeness.
CREATE OR REPLACE TABLE default_value AS
SELECT CAST(d.birth_date AS VARCHAR) AS what
FROM crowded_day AS d
WHERE NOT d.firm AND d.held_rows * 100 >= (SELECT count(*) FROM rest WHERE NOT firm OR quarantined)
UNION ALL
SELECT g.guardian
FROM crowded_guardian AS g
WHERE g.held_rows * 100 >= (SELECT count(*) FROM rest WHERE (firm AND NOT quarantined) = g.firm);

UPDATE rest
SET birth_date = NULL
WHERE (NOT firm OR quarantined) AND CAST(birth_date AS VARCHAR) IN (SELECT what FROM default_value);

UPDATE rest
SET guardian_name_key = NULL
WHERE guardian_name_key IN (SELECT what FROM default_value);

UPDATE rest
SET guardian_id = NULL
WHERE guardian_id IN (SELECT what FROM default_value);
