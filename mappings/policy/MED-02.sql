-- reads: subject, coverage_state; writes: nothing (gateway.policy makes rule_row of it)
-- why: a child whose basic coverage was paused, void or ended, and who has no active one anywhere.
SELECT
    s.person_id,
    CASE WHEN s.adult THEN 'aged_18' END AS not_applicable,
    CASE
        WHEN coalesce(c.state NOT IN ('active', 'lapsed'), TRUE) THEN 'nothing_lapsed'
        WHEN NOT c.has_lapsed THEN 'nothing_lapsed'
    END AS elsewhere,
    CASE WHEN c.state = 'active' THEN 'insured' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    CASE WHEN c.state = 'lapsed' THEN 'coverage_lapsed' END AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CAST($insurance_year_start AS DATE) AS episode,
    c.roll AS evidence_roll,
    c.row_key AS evidence_row_key,
    c.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN coverage_state AS c ON c.person_id = s.person_id;

-- excuse: re_registration
SELECT
    person_id,
    CAST(oldest_pause + to_days(CAST($re_registration_days AS INTEGER)) AS DATE) AS expires_on,
    roll, row_key, row_ref
FROM coverage_state
WHERE all_paused;
