-- reads: subject, assistance_state, registry_state, parameter_at; writes: nothing (gateway.policy makes rule_row of it)
-- why: a child of a household in force on the assistance roll who is not in the child registry. Extreme
--   hardship must be registered, low income where the place says so; every other help only advises.
SELECT
    s.person_id,
    CAST(NULL AS VARCHAR) AS not_applicable,
    CAST(NULL AS VARCHAR) AS elsewhere,
    CASE WHEN s.registered THEN 'registered' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    CASE
        WHEN a.kind = '03' THEN 'extreme_hardship'
        WHEN a.kind IN ('01', '02') AND p.value = 2 THEN 'low_income_advised'
        WHEN a.kind IN ('01', '02') THEN 'low_income'
        WHEN a.kind = '04' THEN 'borderline'
        WHEN a.kind = '05' THEN 'monitored'
        WHEN a.kind = '06' THEN 'rigid_expenses'
        WHEN a.kind = '09' THEN 'temporary_relief'
        ELSE 'help_unknown'
    END AS fires,
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
LEFT JOIN parameter_at AS p
    ON p.topic = 'registry_scope' AND p.key = 'low_income' AND p.county = s.county
    AND $as_of BETWEEN p.since AND p.until
WHERE s.assisted;
