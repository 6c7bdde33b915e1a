-- reads: roll_row, who; writes: link
-- why: nineteen rows of twenty: same valid number, same name. Whatever the birth date says, that is the child.
INSERT INTO link
SELECT
    w.person_id, r.source, r.roll, r.table_name, r.row_key, r.row_ref, 'number', 1.0,
    CASE
        WHEN r.birth_date = w.birth_date THEN 'number=;name=;birth='
        WHEN r.birth_date IS NULL OR w.birth_date IS NULL THEN 'number=;name=;birth?'
        ELSE 'number=;name=;birth!'
    END,
    r.current
FROM roll_row AS r
JOIN who AS w ON w.id_number = r.id_number AND w.name_key = r.name_key
WHERE NOT r.quarantined;
