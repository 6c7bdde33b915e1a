-- reads: subject, schooling_path, link, attendance; writes: nothing (gateway.policy makes rule_row of it)
-- why: a pupil whom the roll shows as enrolled and the school's own report as missing.
WITH report AS (
    SELECT
        l.person_id, max(CAST(a.month || '-01' AS DATE)) AS month,
        max_by(coalesce(a.suspected, FALSE), a.month) AS suspected,
        max_by(coalesce(a.absent_days, 0), a.month) AS absent_days,
        max(a.roll) AS roll, max_by(a.row_key, a.month || a.row_ref) AS row_key,
        max_by(a.row_ref, a.month || a.row_ref) AS row_ref
    FROM link AS l
    JOIN attendance AS a
    ON a.row_key = l.row_key AND a.source = l.source AND a.roll = l.roll
    WHERE CAST(a.month || '-01' AS DATE) >= $period_start - INTERVAL 1 MONTH
    GROUP BY l.person_id
)
SELECT
    s.person_id,
    CASE
        WHEN s.entry_year > $entry_year_started THEN 'before_entry'
        WHEN s.entry_year < $entry_year_oldest THEN 'after_compulsory'
    END AS not_applicable,
    CASE
        WHEN coalesce(p.found <> 'enrolled', TRUE) THEN 'not_on_roll'
        WHEN a.person_id IS NULL THEN 'not_reported'
    END AS elsewhere,
    CASE WHEN NOT a.suspected AND a.absent_days < $absent_days_needed THEN 'attending' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    CASE WHEN a.suspected THEN 'suspected' ELSE 'absent_long' END AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    coalesce(a.month, CAST($period_start AS DATE)) AS episode,
    a.roll AS evidence_roll,
    a.row_key AS evidence_row_key,
    a.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN schooling_path AS p ON p.person_id = s.person_id
LEFT JOIN report AS a ON a.person_id = s.person_id;

-- excuse: leave_of_absence
SELECT l.person_id, CAST(NULL AS DATE) AS expires_on, a.roll, a.row_key, a.row_ref
FROM link AS l
JOIN attendance AS a
    ON a.row_key = l.row_key AND a.source = l.source AND a.roll = l.roll
WHERE a.reason IN ('long_leave', 'on_leave')
    AND CAST(a.month || '-01' AS DATE) >= $period_start - INTERVAL 1 MONTH;

-- excuse: placement_checked
SELECT l.person_id, CAST(NULL AS DATE) AS expires_on, a.roll, a.row_key, a.row_ref
FROM link AS l
JOIN attendance AS a
    ON a.row_key = l.row_key AND a.source = l.source AND a.roll = l.roll
WHERE a.reason IN ('specialised', 'special_school', 'guest')
    AND CAST(a.month || '-01' AS DATE) >= $period_start - INTERVAL 1 MONTH;
