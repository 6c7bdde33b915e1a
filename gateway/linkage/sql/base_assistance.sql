-- reads: assistance_member, assistance_household, link, night; writes: base_row
-- why: minors of households in force whom no registry child is linked to are persons of their own.
--   A member with neither birth date nor number counts as a minor when it is a child or grandchild
--   of the head, because a blank must not lose a child.
CREATE OR REPLACE TABLE base_row AS
SELECT
    FALSE AS registered, 'assistance_member' AS table_name, m.source, m.roll, m.row_key, m.row_ref,
    m.name, m.name_key, m.id_number, m.id_given, m.id_state, m.birth_date, m.sex, m.division,
    m.head_name_key AS guardian_name_key, m.head_id AS guardian_id,
    CAST(NULL AS VARCHAR) AS former_name, CAST(NULL AS VARCHAR) AS pet_name,
    CAST(NULL AS VARCHAR) AS address
FROM assistance_member AS m
CROSS JOIN night AS n
JOIN assistance_household AS h
    ON h.family_id = m.family_id AND h.source = m.source AND h.roll = m.roll
WHERE h.card_status = '1'
    AND h.kind IN ('01', '02', '03')
    AND coalesce(h.begin_month <= n.month, TRUE)
    AND coalesce(h.end_month >= n.month, TRUE)
    AND CASE
        WHEN m.birth_date IS NULL AND m.id_number IS NOT NULL
            THEN number_date(m.id_number) > n.adult_born_by
        WHEN number_fits(m.id_number, m.birth_date, n.grown_born_by)
            THEN number_date(m.id_number) > n.adult_born_by
        WHEN m.birth_date IS NOT NULL THEN m.birth_date > n.adult_born_by
        ELSE left(m.relation, 1) IN ('2', '3', '4')
    END
    AND NOT EXISTS (
        SELECT 1 FROM link AS l
        WHERE l.table_name = 'assistance_member'
            AND l.source = m.source AND l.roll = m.roll AND l.row_key = m.row_key
    );
