-- reads: candidate, roll_row, firm_row; writes: firm_pair, rest, pair_key
-- why: pairs of the second pass, with their rows.
CREATE OR REPLACE TABLE firm_pair AS
SELECT person_id, table_name, row_ref, bool_or(sounds) AS sounds
FROM candidate
GROUP BY person_id, table_name, row_ref;

INSERT INTO rest
SELECT
    r.table_name, r.source, r.roll, r.row_key, r.row_ref, FALSE, r.current, TRUE,
    r.name_key, r.id_number, r.id_number, CAST(NULL AS VARCHAR),
    b.birth_date,
    r.sex, r.division, r.guardian_name_key, r.guardian_id, r.own_number
FROM roll_row AS r
JOIN (
    SELECT DISTINCT p.table_name, p.row_ref, o.birth_date
    FROM firm_pair AS p
    JOIN firm_row AS o ON o.row_ref = p.row_ref AND o.table_name = p.table_name
) AS b ON b.row_ref = r.row_ref AND b.table_name = r.table_name
WHERE NOT r.quarantined;

INSERT INTO pair_key
SELECT person_id, table_name, row_ref, sounds, FALSE
FROM firm_pair;
