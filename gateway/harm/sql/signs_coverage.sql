-- reads: mapped_coverage; writes: nothing
-- why: employee insurance under 16 says that somebody lets a child work.
SELECT
    'child_employed' AS sign, 'coverage' AS table_name, row_ref, row_key, id_number, name_key, birth_date,
    division, FALSE AS refused
FROM mapped_coverage
WHERE scheme = '310' AND status = '1' AND birth_date > $working_born_by;
