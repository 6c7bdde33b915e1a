-- reads: subject, coverage_state, coverage_row; writes: nothing (gateway.policy makes rule_row of it)
-- why: two active basic coverages that differ in scheme or place; two rows of one coverage are one.
SELECT
    s.person_id,
    CASE WHEN s.adult THEN 'aged_18' END AS not_applicable,
    CASE WHEN coalesce(c.state <> 'active', TRUE) THEN 'not_insured' END AS elsewhere,
    CASE WHEN NOT c.two_schemes AND NOT c.two_places THEN 'insured_once' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    CASE WHEN c.two_schemes THEN 'two_schemes' ELSE 'two_places' END AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CAST($insurance_year_start AS DATE) AS episode,
    c.roll AS evidence_roll,
    c.row_key AS evidence_row_key,
    c.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN coverage_state AS c ON c.person_id = s.person_id;

-- excuse: at_university
SELECT person_id, CAST(NULL AS DATE) AS expires_on, roll, row_key, row_ref
FROM coverage_row
WHERE state = 'active' AND person_type = '1404';

-- excuse: moving
SELECT
    person_id, CAST(started_on + to_days(CAST($moving_days AS INTEGER)) AS DATE) AS expires_on,
    roll, row_key, row_ref
FROM coverage_row
WHERE state = 'active' AND started_on IS NOT NULL;
