-- reads: pupil_roll; writes: nothing
-- why: the pupils of one school, for a class list in which nobody can tell who is asked about.
SELECT name, grade, id_number, name_key, birth_date
FROM pupil_roll
WHERE school_name = $school AND status_class = 'enrolled' AND name IS NOT NULL
ORDER BY row_key;
