-- reads: subject, schooling_path, coverage_row; writes: nothing (gateway.policy makes rule_row of it)
-- why: a registered child under 18 who finished grade 9 and is on no further roll; an offer of help, never a
--   question of attendance.
SELECT
    s.person_id,
    CASE WHEN s.adult THEN 'aged_18' END AS not_applicable,
    CASE
        WHEN coalesce(p.found NOT IN ('finished', 'finished_gone', 'enrolled'), TRUE) THEN 'not_finished'
        WHEN p.found = 'enrolled' AND p.grade <= $terminal_grade THEN 'not_finished'
    END AS elsewhere,
    CASE
        WHEN p.found = 'enrolled' THEN 'in_upper_secondary'
        WHEN p.grade >= $last_grade THEN 'upper_secondary_finished'
    END AS satisfied,
    CASE WHEN s.birth_date IS NULL THEN 'birth_date_missing' END AS held,
    CASE WHEN p.found = 'finished' THEN 'finished_grade_nine' ELSE 'left_after_grade_nine' END AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CAST($school_year AS DATE) AS episode,
    p.roll AS evidence_roll,
    p.row_key AS evidence_row_key,
    p.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN schooling_path AS p ON p.person_id = s.person_id
WHERE s.registered;

-- excuse: at_work
SELECT c.person_id, CAST(NULL AS DATE) AS expires_on, c.roll, c.row_key, c.row_ref
FROM coverage_row AS c
JOIN subject AS u ON u.person_id = c.person_id
WHERE c.scheme = '310' AND c.state = 'active' AND u.birth_date + INTERVAL 16 YEAR <= $as_of;

-- excuse: before_settle
SELECT
    person_id,
    CAST(CAST((year(finished_on) + CASE WHEN strftime(finished_on, '%m-%d') >= $settle_entry_day THEN 1 ELSE 0 END)
        || '-' || $settle_entry_day AS DATE) - 1 AS DATE) AS expires_on,
    roll, row_key, row_ref
FROM (
    SELECT
        *, CASE WHEN found = 'finished' THEN coalesce(status_on, $school_year) ELSE last_seen END AS finished_on
    FROM schooling_path
) AS p;
