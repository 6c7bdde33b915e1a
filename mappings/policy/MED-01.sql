-- reads: subject, coverage_state; writes: nothing (gateway.policy makes rule_row of it)
-- why: a child with no active basic coverage on any roll; who had one and lost it belongs to MED-02.
SELECT
    s.person_id,
    CASE WHEN s.adult THEN 'aged_18' END AS not_applicable,
    CASE WHEN c.state = 'lapsed' THEN 'lapsed' END AS elsewhere,
    CASE WHEN c.state = 'active' THEN 'insured' END AS satisfied,
    CASE WHEN s.birth_date IS NULL THEN 'birth_date_missing' END AS held,
    CASE WHEN c.state = 'unpaid' THEN 'registered_unpaid' ELSE 'no_coverage' END AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CAST($insurance_year_start AS DATE) AS episode,
    c.roll AS evidence_roll,
    c.row_key AS evidence_row_key,
    c.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN coverage_state AS c ON c.person_id = s.person_id;

-- excuse: newborn
SELECT
    person_id, CAST(birth_date + to_days(CAST($newborn_days AS INTEGER)) AS DATE) AS expires_on,
    CAST(NULL AS VARCHAR) AS roll, CAST(NULL AS VARCHAR) AS row_key, CAST(NULL AS VARCHAR) AS row_ref
FROM subject
WHERE birth_date >= $newborn_since;

-- excuse: paid_not_effective
SELECT person_id, CAST(NULL AS DATE) AS expires_on, roll, row_key, row_ref
FROM coverage_state
WHERE state = 'pending';
