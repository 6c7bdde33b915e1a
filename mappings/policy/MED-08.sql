-- reads: subject, coverage_state, coverage_row, rights; writes: nothing (gateway.policy makes rule_row of it)
-- why: coverage that is active on paper and begins on a later day.
WITH waiting AS (
    SELECT
        person_id, min(started_on) AS started_on, min_by(roll, (started_on, row_ref)) AS roll,
        min_by(row_key, (started_on, row_ref, row_key)) AS row_key,
        min_by(row_ref, (started_on, row_ref)) AS row_ref
    FROM coverage_row
    WHERE waiting
    GROUP BY person_id
)
SELECT
    s.person_id,
    CASE WHEN s.adult THEN 'aged_18' END AS not_applicable,
    CASE WHEN w.person_id IS NULL AND coalesce(c.state <> 'active', TRUE) THEN 'not_covered' END AS elsewhere,
    CASE WHEN c.state = 'active' THEN 'effective' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    'waiting' AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    coalesce(w.started_on, CAST($period_start AS DATE)) AS episode,
    CASE WHEN c.state = 'active' THEN c.roll ELSE w.roll END AS evidence_roll,
    CASE WHEN c.state = 'active' THEN c.row_key ELSE w.row_key END AS evidence_row_key,
    CASE WHEN c.state = 'active' THEN c.row_ref ELSE w.row_ref END AS evidence_ref
FROM subject AS s
LEFT JOIN coverage_state AS c ON c.person_id = s.person_id
LEFT JOIN waiting AS w ON w.person_id = s.person_id;

-- excuse: newborn
SELECT
    person_id, CAST(birth_date + to_days(CAST($newborn_days AS INTEGER)) AS DATE) AS expires_on,
    CAST(NULL AS VARCHAR) AS roll, CAST(NULL AS VARCHAR) AS row_key, CAST(NULL AS VARCHAR) AS row_ref
FROM subject
WHERE birth_date >= $newborn_since;

-- excuse: exempt_group
SELECT person_id, CAST(NULL AS DATE) AS expires_on, roll, row_key, row_ref
FROM rights
WHERE medical_help;
