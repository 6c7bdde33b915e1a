-- reads: rest, filler_number; writes: rest, crowded
-- why: a number that is none and stands on more than $few rows, of tonight or of the registry, says nothing; nor
--   does a bureau's own number on so many.
CREATE OR REPLACE TABLE crowded_number AS
SELECT number_given, count(*) AS held_rows
FROM rest
WHERE id_number IS NULL AND number_given IS NOT NULL
GROUP BY number_given
HAVING count(*) > $few;

INSERT INTO crowded
SELECT 'number', count(*), sum(held_rows) FROM crowded_number HAVING count(*) > 0;

UPDATE rest
SET number_given = NULL
WHERE id_number IS NULL
    AND number_given IN (
        SELECT number_given FROM crowded_number UNION ALL SELECT id_number FROM filler_number
    );

UPDATE rest
SET own_number = NULL
WHERE own_number IN (
    SELECT own_number FROM rest
    WHERE own_number IS NOT NULL
    GROUP BY table_name, source, own_number
    HAVING count(*) > $few
);
