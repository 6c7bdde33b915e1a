-- reads: row_mark, number_node, kept_on, redo, touched, edge, learned_now, link, about, kept_edge, kept_lesson, kept_about;
--   writes: next_row, next_number, next_edge, next_lesson, next_about, learned
-- why: what the next night needs to know of tonight's search; of what was not looked at anew it is what was kept.
INSERT INTO next_row SELECT $stage, mark FROM row_mark;

INSERT INTO next_number
SELECT $stage, m.mark, n.number FROM number_node AS n JOIN row_mark AS m ON m.row_no = n.row_no;

INSERT INTO next_edge
SELECT e.stage, e.mark, e.person_id
FROM kept_edge AS e
JOIN kept_on AS o ON o.mark = e.mark
WHERE e.stage = $stage
UNION ALL
SELECT DISTINCT $stage, d.mark, e.person_id FROM edge AS e JOIN redo AS d ON d.row_no = e.row_no;

INSERT INTO next_lesson
SELECT $stage, person_id, id_number FROM learned_now
UNION ALL
SELECT k.stage, k.person_id, k.id_number
FROM kept_lesson AS k
WHERE k.stage = $stage AND k.person_id NOT IN (SELECT person_id FROM touched);

INSERT INTO learned
SELECT k.person_id, k.id_number
FROM kept_lesson AS k
WHERE k.stage = $stage AND k.person_id NOT IN (SELECT person_id FROM touched);

INSERT INTO next_about
SELECT DISTINCT $stage, person_id, what
FROM (
    SELECT person_id, what FROM about
    UNION ALL
    SELECT person_id, hash(table_name, source) FROM link
    WHERE current AND person_id IN (SELECT person_id FROM edge)
) AS known;
