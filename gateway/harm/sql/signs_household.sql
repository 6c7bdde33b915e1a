-- reads: mapped_assistance_member; writes: nothing
-- why: a household that is one child, or is headed by one, has no adult in it; a child who is father or mother.
WITH member AS (
    SELECT
        m.*,
        count(*) OVER (PARTITION BY family_id) AS members,
        coalesce(birth_date > $adult_born_by, FALSE) AS minor
    FROM mapped_assistance_member AS m
),
said AS (
    SELECT
        CASE
            WHEN members = 1 THEN 'child_alone'
            WHEN relation IN ('01', '02') OR head_id = id_number THEN 'child_head'
            WHEN relation IN ('51', '52') THEN 'child_parent'
        END AS sign,
        row_ref, row_key, id_number, name_key, birth_date, division
    FROM member
    WHERE minor
)
SELECT
    sign, 'assistance_member' AS table_name, row_ref, row_key, id_number, name_key, birth_date, division,
    FALSE AS refused
FROM said
WHERE sign IS NOT NULL;
