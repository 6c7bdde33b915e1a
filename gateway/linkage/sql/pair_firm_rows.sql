-- reads: candidate, roll_row, link, rest, pair_key; writes: rest, pair_key
-- why: pairs of the second pass, with their rows; rows that are linked already are somebody's.
CREATE OR REPLACE TABLE firm_pair AS
SELECT c.person_id, c.table_name, c.row_ref, bool_or(c.sounds) AS sounds
FROM candidate AS c
WHERE NOT EXISTS (
        SELECT 1 FROM link AS l WHERE l.row_ref = c.row_ref AND l.table_name = c.table_name
    )
    AND NOT EXISTS (
        SELECT 1 FROM rest AS r WHERE r.row_ref = c.row_ref AND r.table_name = c.table_name
    )
GROUP BY c.person_id, c.table_name, c.row_ref;

INSERT INTO rest
SELECT
    r.table_name, r.source, r.roll, r.row_key, r.row_ref, FALSE, r.current, TRUE,
    r.name_key, r.id_number, r.id_number, CAST(NULL AS VARCHAR),
    number_date(r.id_number),
    r.sex, r.division, r.guardian_name_key, r.guardian_id, r.own_number
FROM roll_row AS r
JOIN (SELECT DISTINCT table_name, row_ref FROM firm_pair) AS f
    ON f.row_ref = r.row_ref AND f.table_name = r.table_name
WHERE NOT r.quarantined;

INSERT INTO pair_key
SELECT person_id, table_name, row_ref, sounds, FALSE
FROM firm_pair;
