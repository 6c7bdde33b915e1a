-- reads: subject, registry_state; writes: nothing (gateway.policy makes rule_row of it)
-- why: a registered child without a number that passes its check.
SELECT
    s.person_id,
    CAST(NULL AS VARCHAR) AS not_applicable,
    CAST(NULL AS VARCHAR) AS elsewhere,
    CASE WHEN r.id_number IS NOT NULL THEN 'number_valid' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    CASE WHEN coalesce(r.id_state <> 'absent', FALSE) THEN 'number_not_valid' ELSE 'no_number' END AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    DATE '1900-01-01' AS episode,
    r.roll AS evidence_roll,
    r.row_key AS evidence_row_key,
    r.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN registry_state AS r ON r.person_id = s.person_id
WHERE s.registered;

-- excuse: newborn
SELECT
    person_id, CAST(birth_date + to_days(CAST($newborn_grace_days AS INTEGER)) AS DATE) AS expires_on,
    CAST(NULL AS VARCHAR) AS roll, CAST(NULL AS VARCHAR) AS row_key, CAST(NULL AS VARCHAR) AS row_ref
FROM subject
WHERE birth_date IS NOT NULL;
