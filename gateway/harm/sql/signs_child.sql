-- reads: mapped_child; writes: nothing
-- why: rescued from trafficking, abused, abandoned, unguarded, or a guardian who is a child: the registry says so.
--   A guardian's number that is the child's own is a slip of the pen, which identity checks ask about.
WITH live AS (
    SELECT * FROM mapped_child WHERE coalesce(exit_on > $as_of, TRUE)
),
said AS (
    SELECT
        CASE category WHEN '501' THEN 'trafficked' WHEN '504' THEN 'abused' ELSE 'abandoned' END AS sign,
        row_ref, row_key, id_number, name_key, birth_date, division
    FROM live
    WHERE category IN ('501', '504', '505')
    UNION ALL
    SELECT 'unguarded' AS sign, row_ref, row_key, id_number, name_key, birth_date, division
    FROM live
    WHERE guardianship = '0'
    UNION ALL
    SELECT
        'child_parent' AS sign, row_ref, row_key, guardian_id AS id_number,
        guardian_name_key AS name_key, CAST(NULL AS DATE) AS birth_date, division
    FROM live
    WHERE length(guardian_id) = 18 AND guardian_id <> coalesce(id_number, '')
        AND regexp_matches(coalesce(guardian_relation, ''), '父|母|^5[12]$')
        AND TRY_CAST(
            substr(guardian_id, 7, 4) || '-' || substr(guardian_id, 11, 2) || '-'
                || substr(guardian_id, 13, 2) AS DATE
        ) BETWEEN $adult_born_by + INTERVAL 1 DAY AND $as_of
)
SELECT
    sign, 'child' AS table_name, row_ref, row_key, id_number, name_key, birth_date, division,
    FALSE AS refused
FROM said;
