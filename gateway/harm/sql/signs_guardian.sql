-- reads: mapped_guardian; writes: nothing
-- why: both parents dead or in custody and nobody else named, or a parent who is a child. The first sign is the
--   child's (by its row key in the registry); the second is the parent's own.
WITH held AS (
    SELECT
        child_row_key,
        count(*) AS named,
        count(*) FILTER (WHERE state IN (
            'dead', 'declared_dead', 'prison', 'detoxification', 'liberty_restricted'
        )) AS away,
        min(row_ref) AS row_ref,
        min(division) AS division
    FROM mapped_guardian
    GROUP BY child_row_key
)
SELECT
    'no_adult_left' AS sign, 'guardian' AS table_name, row_ref, child_row_key AS row_key,
    CAST(NULL AS VARCHAR) AS id_number, CAST(NULL AS VARCHAR) AS name_key,
    CAST(NULL AS DATE) AS birth_date, division, FALSE AS refused
FROM held
WHERE named >= 2 AND away = named
UNION ALL
SELECT
    'child_parent' AS sign, 'guardian' AS table_name, row_ref, row_key, id_number, name_key, birth_date,
    division, FALSE AS refused
FROM mapped_guardian
WHERE birth_date > $adult_born_by
    AND (role IN ('father', 'mother') OR relation IN ('51', '52'));
