-- reads: subject, assistance_state, registry_state; writes: nothing (gateway.policy makes rule_row of it)
-- why: a child of a household in force on the assistance roll who is not in the child registry.
SELECT
    s.person_id,
    CAST(NULL AS VARCHAR) AS not_applicable,
    CAST(NULL AS VARCHAR) AS elsewhere,
    CASE WHEN s.registered THEN 'registered' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    CASE WHEN a.kind = '03' THEN 'extreme_hardship' ELSE 'low_income' END AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    -- A blank begin month is no reason to lose a child; the day stands for "not stated".
    coalesce(CAST(a.begin_month || '-01' AS DATE), DATE '1900-01-01') AS episode,
    CASE WHEN s.registered THEN r.roll ELSE a.roll END AS evidence_roll,
    CASE WHEN s.registered THEN r.row_key ELSE a.row_key END AS evidence_row_key,
    CASE WHEN s.registered THEN r.row_ref ELSE a.row_ref END AS evidence_ref
FROM subject AS s
LEFT JOIN assistance_state AS a ON a.person_id = s.person_id
LEFT JOIN registry_state AS r ON r.person_id = s.person_id
WHERE s.assisted;
