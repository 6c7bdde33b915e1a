-- reads: rest, link, who, borne, own_pair, undecided; writes: candidate, pair
-- why: a row that is nobody's bears a child's number, alone or inside a student number, or is that child's by its
--   bureau's own number, and the rest of it speaks so much against the child that no weight asks. If the child
--   has no other row of that roll, its absence would be claimed of one whose number stands there. A number on
--   more than $few such rows is a filler. Of a household's member it is asked whether it is the registered child.
CREATE OR REPLACE TABLE nobodys AS
SELECT r.row_no, r.table_name, r.source, r.row_ref, r.id_number, r.hint
FROM rest AS r
WHERE (r.current OR r.quarantined)
    AND NOT EXISTS (
        SELECT 1 FROM link AS l
        WHERE l.row_ref = r.row_ref AND l.table_name = r.table_name AND l.method <> 'base'
    );

CREATE OR REPLACE TABLE numbered_row AS
WITH told AS (
    SELECT row_no, id_number FROM nobodys WHERE id_number IS NOT NULL
    UNION
    SELECT row_no, hint FROM nobodys WHERE hint IS NOT NULL
)
SELECT t.row_no, t.id_number
FROM told AS t
JOIN (SELECT id_number FROM told GROUP BY id_number HAVING count(*) <= $few) AS f
    ON f.id_number = t.id_number;

INSERT INTO candidate
SELECT DISTINCT n.person_id, n.row_no
FROM (
    SELECT w.person_id, t.row_no
    FROM numbered_row AS t
    JOIN who AS w ON w.id_number = t.id_number
    UNION ALL
    SELECT b.person_id, t.row_no
    FROM numbered_row AS t
    JOIN borne AS b ON b.id_number = t.id_number
    UNION ALL
    SELECT o.person_id, o.row_no FROM own_pair AS o
) AS n
JOIN nobodys AS r ON r.row_no = n.row_no
WHERE NOT EXISTS (
        SELECT 1 FROM undecided AS u
        WHERE u.person_id = n.person_id AND u.row_ref = r.row_ref AND u.table_name = r.table_name
    )
    AND (
        r.table_name = 'assistance_member'
        OR NOT EXISTS (
            SELECT 1 FROM link AS l
            WHERE l.person_id = n.person_id AND l.table_name = r.table_name AND l.source = r.source
                AND l.current AND l.method <> 'base'
        )
    );

DELETE FROM pair
WHERE EXISTS (
    SELECT 1 FROM candidate AS c
    WHERE c.row_no = pair.row_no AND c.person_id = pair.person_id
);
