-- reads: roll_row, who; writes: link
-- why: nineteen rows of twenty: same valid number, same name. Whatever the birth date says, that is the child.
INSERT INTO link
SELECT
    w.person_id, r.source, r.roll, r.table_name, r.row_key, r.row_ref, 'number',
    CASE
        WHEN r.birth_date = w.birth_date THEN $weight_same
        WHEN r.birth_date IS NULL OR w.birth_date IS NULL THEN $weight_unknown
        ELSE $weight_differs
    END,
    CASE
        WHEN r.birth_date = w.birth_date THEN $told_same
        WHEN r.birth_date IS NULL OR w.birth_date IS NULL THEN $told_unknown
        ELSE $told_differs
    END,
    r.current, NULL, NULL
FROM roll_row AS r
JOIN who AS w ON w.id_number = r.id_number AND w.name_key = r.name_key
WHERE NOT r.quarantined;
