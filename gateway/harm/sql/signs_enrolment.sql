-- reads: mapped_enrolment; writes: nothing
-- why: a pupil whose whereabouts the school does not know is no dropout: somebody goes and looks tonight.
SELECT
    'student_missing' AS sign, 'enrolment' AS table_name, row_ref, row_key, id_number, name_key, birth_date,
    division, FALSE AS refused
FROM mapped_enrolment
WHERE status_class = 'harm';
