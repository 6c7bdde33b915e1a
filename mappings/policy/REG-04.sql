-- reads: subject, registry_state, registry_column; writes: nothing (gateway.policy makes rule_row of it)
-- why: an entry or an exit of which the registry holds no day or no reason.
WITH gap AS (
    SELECT
        r.person_id, r.roll, r.row_key, r.row_ref,
        CASE
            WHEN coalesce(r.recognised_on, r.entered_on) IS NULL THEN 'entry_without_date'
            WHEN r.entry_reason IS NULL AND k.entry_reason THEN 'entry_without_reason'
            WHEN r.exit_on IS NULL AND r.exit_reason IS NOT NULL THEN 'exit_without_date'
            WHEN r.exit_on IS NOT NULL AND r.exit_reason IS NULL THEN 'exit_without_reason'
        END AS gap
    FROM registry_state AS r
    CROSS JOIN registry_column AS k
)
SELECT
    s.person_id,
    CAST(NULL AS VARCHAR) AS not_applicable,
    CAST(NULL AS VARCHAR) AS elsewhere,
    CASE WHEN b.gap IS NULL THEN 'dated' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    b.gap AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    DATE '1900-01-01' AS episode,
    b.roll AS evidence_roll,
    b.row_key AS evidence_row_key,
    b.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN gap AS b ON b.person_id = s.person_id
WHERE s.registered;
