-- reads: subject, coverage_state; writes: nothing (gateway.policy makes rule_row of it)
-- why: a newborn insured nowhere whose window ends within some days.
SELECT
    s.person_id,
    CASE
        WHEN date_diff('day', s.birth_date, $as_of) > $newborn_days THEN 'window_over'
        WHEN date_diff('day', s.birth_date, $as_of) < $newborn_days - $days_before THEN 'window_far'
    END AS not_applicable,
    CAST(NULL AS VARCHAR) AS elsewhere,
    CASE WHEN c.state = 'active' THEN 'insured' END AS satisfied,
    CASE WHEN s.birth_date IS NULL THEN 'birth_date_missing' END AS held,
    'window_closes' AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    coalesce(s.birth_date, CAST($period_start AS DATE)) AS episode,
    c.roll AS evidence_roll,
    c.row_key AS evidence_row_key,
    c.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN coverage_state AS c ON c.person_id = s.person_id;

-- excuse: paid_not_effective
SELECT person_id, CAST(NULL AS DATE) AS expires_on, roll, row_key, row_ref
FROM coverage_state
WHERE state = 'pending';
