-- reads: subject, schooling_path; writes: nothing (gateway.policy makes rule_row of it)
-- why: a leave or a deferral whose end has passed, and the next settle date after it.
SELECT
    s.person_id,
    CASE
        WHEN s.entry_year > $entry_year_started THEN 'before_entry'
        WHEN s.entry_year < $entry_year_oldest THEN 'after_compulsory'
    END AS not_applicable,
    CASE WHEN coalesce(p.found NOT IN ('leave', 'leave_over') AND coalesce(p.status <> '05', TRUE), TRUE) THEN 'no_leave' END AS elsewhere,
    CASE WHEN p.status = '05' THEN 'back' WHEN p.found = 'leave' THEN 'leave_open' END AS satisfied,
    CASE WHEN p.leave_ends IS NULL THEN 'leave_date_missing' END AS held,
    'leave_over' AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CAST($school_year AS DATE) AS episode,
    p.roll AS evidence_roll,
    p.row_key AS evidence_row_key,
    p.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN schooling_path AS p ON p.person_id = s.person_id;

-- excuse: before_settle
SELECT
    person_id,
    CASE
        WHEN strftime(leave_ends, '%m-%d') <= $settle_spring_day
            THEN CAST(year(leave_ends) || '-' || $settle_spring_day AS DATE)
        WHEN strftime(leave_ends, '%m-%d') <= $settle_other_day
            THEN CAST(year(leave_ends) || '-' || $settle_other_day AS DATE)
        ELSE CAST((year(leave_ends) + 1) || '-' || $settle_spring_day AS DATE)
    END AS expires_on,
    roll, row_key, row_ref
FROM schooling_path
WHERE leave_ends IS NOT NULL;
