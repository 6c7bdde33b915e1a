-- reads: found, pair; writes: link
-- why: what was found, with its marks as the explanation.
INSERT INTO link
SELECT
    p.person_id, p.source, p.roll, p.table_name, p.row_key, p.row_ref,
    CASE f.method
        WHEN 1 THEN 'number'
        WHEN 2 THEN 'student_number'
        WHEN 3 THEN 'own_number'
        WHEN 4 THEN 'name_birth_guardian'
        ELSE 'learned_number'
    END,
    CASE f.method WHEN 1 THEN 0.99 WHEN 2 THEN 0.98 WHEN 3 THEN 0.97 ELSE 0.95 END,
    'number' || p.number || ';name' || p.name || ';birth' || p.birth || ';sex' || p.sex
        || ';guardian' || p.guardian || ';place' || p.place,
    p.current
FROM found AS f
JOIN pair AS p
    ON p.table_name = f.table_name AND p.row_ref = f.row_ref AND p.person_id = f.person_id;
