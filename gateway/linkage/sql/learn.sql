-- reads: found, pair, rest, redo, who, learned; writes: lesson, learned_now, learned, candidate, pair
-- why: a child without a good number who was found in one roll by name, birth date and household has
--   from there a number, which finds its row in the next roll and tells other children's rows apart.
CREATE OR REPLACE TABLE lesson AS
SELECT f.person_id, r.id_number
FROM found AS f
JOIN rest AS r ON r.row_no = f.row_no
JOIN pair AS p ON p.row_no = f.row_no AND p.person_id = f.person_id
JOIN who AS w ON w.person_id = f.person_id
WHERE r.firm
    AND NOT w.firm
    AND p.number <> 'same'
    AND NOT EXISTS (SELECT 1 FROM learned AS k WHERE k.person_id = f.person_id)
    AND NOT EXISTS (SELECT 1 FROM learned AS k WHERE k.id_number = r.id_number)
    AND NOT EXISTS (SELECT 1 FROM who AS o WHERE o.id_number = r.id_number);

CREATE OR REPLACE TABLE learned_now AS
SELECT l.person_id, min(l.id_number) AS id_number
FROM lesson AS l
JOIN (
    SELECT id_number FROM lesson GROUP BY id_number HAVING count(DISTINCT person_id) = 1
) AS sole ON sole.id_number = l.id_number
GROUP BY l.person_id
HAVING count(DISTINCT l.id_number) = 1;

INSERT INTO learned SELECT person_id, id_number FROM learned_now;

-- Whatever was compared with these persons is compared again, and rows that carry the number anew.
CREATE OR REPLACE TABLE candidate AS
SELECT DISTINCT person_id, row_no
FROM (
    SELECT p.person_id, p.row_no
    FROM pair AS p
    JOIN learned AS n ON n.person_id = p.person_id
    UNION ALL
    SELECT n.person_id, r.row_no
    FROM rest AS r
    JOIN redo AS d ON d.row_no = r.row_no
    JOIN learned AS n ON n.id_number = r.id_number
    UNION ALL
    SELECT n.person_id, r.row_no
    FROM rest AS r
    JOIN redo AS d ON d.row_no = r.row_no
    JOIN learned AS n ON n.id_number = r.hint
) AS again
WHERE NOT EXISTS (SELECT 1 FROM found AS f WHERE f.row_no = again.row_no);

DELETE FROM pair
WHERE EXISTS (
    SELECT 1 FROM candidate AS c
    WHERE c.row_no = pair.row_no AND c.person_id = pair.person_id
);
