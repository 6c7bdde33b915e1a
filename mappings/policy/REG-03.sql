-- reads: subject, registry_state, registry_column; writes: nothing (gateway.policy makes rule_row of it)
-- why: a blank in one of the fields that the ledger must hold; a column that the registry does not have at
--   all is not asked for.
WITH blank AS (
    SELECT
        r.person_id, r.roll, r.row_key, r.row_ref,
        CASE
            WHEN r.name IS NULL THEN 'no_name'
            WHEN u.birth_date IS NULL THEN 'no_birth_date'
            WHEN r.address IS NULL THEN 'no_address'
            WHEN r.guardian_name IS NULL THEN 'no_guardian'
            WHEN r.guardianship IS NULL THEN 'no_guardianship'
            WHEN r.health IS NULL AND k.health THEN 'no_health'
            WHEN r.schooling IS NULL AND k.schooling THEN 'no_schooling'
            WHEN r.needs IS NULL AND k.needs THEN 'no_needs'
        END AS blank
    FROM registry_state AS r
    JOIN subject AS u ON u.person_id = r.person_id
    CROSS JOIN registry_column AS k
)
SELECT
    s.person_id,
    CAST(NULL AS VARCHAR) AS not_applicable,
    CAST(NULL AS VARCHAR) AS elsewhere,
    CASE WHEN b.blank IS NULL THEN 'complete' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    b.blank AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    DATE '1900-01-01' AS episode,
    b.roll AS evidence_roll,
    b.row_key AS evidence_row_key,
    b.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN blank AS b ON b.person_id = s.person_id
WHERE s.registered;
