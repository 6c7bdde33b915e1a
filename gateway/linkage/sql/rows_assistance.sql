-- reads: assistance_member, quarantine, night; writes: roll_row
-- why: the rows that tonight's registry children are looked for in, in one shape for all rolls.
--   Grown-ups of the households are nobody's missing child.
CREATE OR REPLACE VIEW roll_row AS
SELECT
    'assistance_member' AS table_name, m.source, m.roll, m.row_key, m.row_ref,
    FALSE AS quarantined, TRUE AS current, m.name_key, m.id_number, m.id_given, m.id_state,
    m.birth_date, m.sex, m.division, m.head_name_key AS guardian_name_key,
    m.head_id AS guardian_id, CAST(NULL AS VARCHAR) AS own_number,
    CAST(NULL AS VARCHAR) AS insured_division
FROM assistance_member AS m
CROSS JOIN night AS n
WHERE coalesce(m.birth_date, number_date(m.id_number), n.as_of) > n.grown_born_by
UNION ALL
SELECT DISTINCT
    'assistance_member', q.source, q.roll, CAST(NULL AS VARCHAR), q.row_ref,
    TRUE, TRUE, q.name_key, q.id_number, q.id_given, CAST(NULL AS VARCHAR),
    q.birth_date, q.sex, q.division, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR),
    CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR)
FROM quarantine AS q
CROSS JOIN night AS n
WHERE q.table_name IN ('assistance_member', 'assistance_household')
    AND coalesce(q.birth_date > n.grown_born_by, TRUE)
    AND coalesce(q.name_key, q.id_number, q.id_given) IS NOT NULL;
