-- reads: learned, firm_row, roll_row, who, pair, night; writes: link
-- why: rows that nothing else led to, and that carry a number learned tonight.
INSERT INTO link
SELECT
    w.person_id, r.source, r.roll, r.table_name, r.row_key, r.row_ref, 'learned_number', 0.95,
    'number=;name' || name_mark(r.name_key, w.name_key)
        || ';birth' || date_mark(f.birth_date, w.birth_date),
    r.current
FROM learned AS n
JOIN firm_row AS f ON f.id_number = n.id_number
JOIN who AS w ON w.person_id = n.person_id
JOIN roll_row AS r ON r.row_ref = f.row_ref AND r.table_name = f.table_name
WHERE NOT r.quarantined
    AND NOT EXISTS (
        SELECT 1 FROM pair AS p
        WHERE p.table_name = f.table_name AND p.row_ref = f.row_ref
    )
    AND (
        name_mark(r.name_key, w.name_key) = '='
        OR (
            date_mark(f.birth_date, w.birth_date) IN ('=', '~')
            AND name_mark(r.name_key, w.name_key) = '~'
        )
        OR (
            date_mark(f.birth_date, w.birth_date) = '=' AND sex_mark(r.sex, w.sex) <> '!'
        )
    );
