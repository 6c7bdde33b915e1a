-- reads: pair, redo, lost_row, kept_edge, row_mark, number_node, learned; writes: touched, touched_number, batch, redo
-- why: rows that compete for one person, or teach one number, are decided together: whoever is looked at anew takes
--   along all whom it could be, and all rows that those could be.
INSERT INTO touched
SELECT DISTINCT person_id
FROM (
    SELECT person_id FROM pair
    UNION ALL
    SELECT e.person_id FROM kept_edge AS e JOIN redo AS d ON d.mark = e.mark WHERE e.stage = $stage
    UNION ALL
    SELECT e.person_id FROM kept_edge AS e JOIN lost_row AS l ON l.mark = e.mark
    WHERE e.stage = $stage
) AS reached
WHERE person_id NOT IN (SELECT person_id FROM touched);

INSERT INTO touched_number
SELECT DISTINCT number
FROM (
    SELECT n.number FROM number_node AS n JOIN redo AS d ON d.row_no = n.row_no
    UNION ALL
    SELECT hash(k.id_number) FROM learned AS k JOIN touched AS t ON t.person_id = k.person_id
) AS reached
WHERE number NOT IN (SELECT number FROM touched_number);

CREATE OR REPLACE TABLE batch AS
SELECT m.row_no
FROM row_mark AS m
WHERE NOT EXISTS (SELECT 1 FROM redo AS d WHERE d.row_no = m.row_no)
    AND (
        m.mark IN (
            SELECT e.mark FROM kept_edge AS e JOIN touched AS t ON t.person_id = e.person_id
            WHERE e.stage = $stage
        )
        OR m.row_no IN (
            SELECT n.row_no FROM number_node AS n JOIN touched_number AS t ON t.number = n.number
        )
    );

INSERT INTO redo
SELECT m.row_no, m.mark FROM row_mark AS m WHERE m.row_no IN (SELECT row_no FROM batch);
