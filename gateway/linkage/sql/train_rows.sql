-- reads: roll_row, night; writes: train_row
-- why: rows of every kind in the order of a draw that depends on the seed and the row's own name only, so
--   that the same rolls give the same sample in whatever order they come. Never the doubtful rows alone:
--   what is learned from the residual is wrong for the rest.
INSERT INTO train_row
SELECT
    r.table_name, r.source, r.roll, r.row_key, r.row_ref,
    r.birth_date IS NOT NULL AND number_fits(r.id_number, r.birth_date, n.grown_born_by) AS firm,
    r.name_key, r.id_number, number_read(r.id_number, r.id_given, r.id_state) AS number_given,
    CASE
        WHEN length(r.id_given) = 19 AND r.id_given LIKE 'G%' THEN substr(r.id_given, 2)
        WHEN r.own_number LIKE 'G%' THEN substr(r.own_number, 2)
    END AS hint,
    CASE WHEN r.birth_date > n.grown_born_by THEN r.birth_date END AS birth_date,
    r.sex, r.division, r.guardian_name_key, r.guardian_id, r.insured_division,
    md5($seed || '/' || r.table_name || '/' || r.source || '/' || r.roll || '/' || r.row_key) AS draw
FROM roll_row AS r
CROSS JOIN night AS n
WHERE r.current AND NOT r.quarantined;
