-- reads: pair; writes: verdict
-- why: the methods in order of strength: 1 number, 2 student number, 3 the bureau's own number for the
--   person, 4 name, birth date and sex with the household or the place; 0 none. A number on a row whose
--   name and birth date both differ is a sibling's or a guardian's: never a link.
CREATE OR REPLACE TABLE verdict AS
WITH exact AS (
    SELECT table_name, row_ref, count(*) AS owners
    FROM pair
    WHERE name = '=' AND birth = '='
    GROUP BY table_name, row_ref
)
SELECT
    p.*,
    CASE
        WHEN p.quarantined THEN 0
        WHEN p.number = '=' AND p.name = '=' THEN 1
        WHEN p.number = '=' AND coalesce(e.owners, 0) = 0 AND (
            (p.name = '~' AND p.birth <> '!')
            OR (p.birth = '=' AND p.sex <> '!')
            OR (p.birth IN ('=', '~') AND p.guardian = '=' AND p.sex <> '!')
            OR (p.birth = '?' AND p.same_surname AND p.sex = '=' AND p.place IN ('v', 't'))
        ) THEN 1
        WHEN p.number = 's' AND (
            (p.name = '=' AND p.birth IN ('=', '~')) OR (p.name = '~' AND p.birth = '=')
        ) THEN 2
        WHEN p.own AND p.number <> '!' AND (p.name IN ('=', '~') OR p.birth = '=') THEN 3
        WHEN p.name = '=' AND p.birth = '=' AND p.sex <> '!' AND (
            p.guardian = '='
            OR (p.number = '~')
            OR (p.number = '?' AND p.place IN ('v', 't'))
            OR (p.number = '?' AND p.place = 'c' AND p.guardian <> '!')
        ) THEN 4
        ELSE 0
    END AS method
FROM pair AS p
LEFT JOIN exact AS e ON e.table_name = p.table_name AND e.row_ref = p.row_ref;
