-- reads: found, pair, who, learned; writes: learned, found
-- why: a child without a good number who was found in one roll by name, birth date and household has
--   from there a number, which finds its row in the next roll and tells other children's rows apart.
CREATE OR REPLACE TABLE lesson AS
SELECT p.person_id, p.row_number AS id_number
FROM found AS f
JOIN pair AS p
    ON p.table_name = f.table_name AND p.row_ref = f.row_ref AND p.person_id = f.person_id
WHERE NOT p.person_firm
    AND p.row_number IS NOT NULL
    AND p.number <> '='
    AND NOT EXISTS (SELECT 1 FROM learned AS k WHERE k.person_id = p.person_id)
    AND NOT EXISTS (SELECT 1 FROM learned AS k WHERE k.id_number = p.row_number)
    AND NOT EXISTS (SELECT 1 FROM who AS w WHERE w.id_number = p.row_number);

INSERT INTO learned
SELECT l.person_id, min(l.id_number)
FROM lesson AS l
JOIN (
    SELECT id_number FROM lesson GROUP BY id_number HAVING count(DISTINCT person_id) = 1
) AS sole ON sole.id_number = l.id_number
GROUP BY l.person_id
HAVING count(DISTINCT l.id_number) = 1;

INSERT INTO found
SELECT p.table_name, p.row_ref, p.person_id, 5
FROM pair AS p
JOIN learned AS n ON n.person_id = p.person_id AND n.id_number = p.row_number
WHERE NOT p.quarantined
    AND (p.name = '=' OR (p.name = '~' AND p.birth <> '!') OR (p.birth = '=' AND p.sex <> '!'))
    AND NOT EXISTS (
        SELECT 1 FROM found AS f WHERE f.table_name = p.table_name AND f.row_ref = p.row_ref
    );
