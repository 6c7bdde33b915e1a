-- reads: rest, who, train_person; writes: train_draw, candidate
-- why: pairs drawn at random are two children: every row beside so many persons, other ones for each row.
--   Those few that are one child by number, or by name and birth date, are left out.
CREATE OR REPLACE TABLE train_draw AS
SELECT r.row_no, CAST((r.row_no * 7919 + t.turn * 104729) % $persons AS BIGINT) AS place
FROM rest AS r
CROSS JOIN (SELECT unnest(range($from_turn, $to_turn)) AS turn) AS t;

CREATE OR REPLACE TABLE candidate AS
SELECT w.person_id, r.row_no
FROM train_draw AS d
JOIN train_person AS p ON p.place = d.place
JOIN who AS w ON w.person_id = p.person_id
JOIN rest AS r ON r.row_no = d.row_no
WHERE NOT coalesce(w.id_number = r.id_number, FALSE)
    AND NOT coalesce(w.id_number = r.hint, FALSE)
    AND NOT coalesce(w.name_key = r.name_key AND w.birth_date = r.birth_date, FALSE);
