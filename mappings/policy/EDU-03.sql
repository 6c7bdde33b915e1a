-- reads: subject, schooling_path, enrolment_row; writes: nothing (gateway.policy makes rule_row of it)
-- why: a child transferred out whom no school has taken in by the later of 15 working days and, for a
--   transfer of the summer, the autumn settle date.
SELECT
    s.person_id,
    CASE
        WHEN s.entry_year > $entry_year_started THEN 'before_entry'
        WHEN s.entry_year < $entry_year_oldest THEN 'after_compulsory'
    END AS not_applicable,
    CASE WHEN t.person_id IS NULL OR p.found NOT IN ('transfer', 'enrolled') THEN 'no_transfer' END AS elsewhere,
    CASE WHEN p.found = 'enrolled' THEN 'landed' END AS satisfied,
    CASE WHEN p.status_on IS NULL THEN 'transfer_date_missing' END AS held,
    'not_landed' AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CAST($school_year AS DATE) AS episode,
    p.roll AS evidence_roll,
    p.row_key AS evidence_row_key,
    p.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN schooling_path AS p ON p.person_id = s.person_id
LEFT JOIN (SELECT DISTINCT person_id FROM enrolment_row WHERE class = 'transfer' AND grade >= 1) AS t
    ON t.person_id = s.person_id;

-- excuse: in_transit
SELECT p.person_id, CAST(NULL AS DATE) AS expires_on, p.roll, p.row_key, p.row_ref
FROM schooling_path AS p
JOIN working_day AS w ON w.day = p.status_on
JOIN working_day AS n ON n.day = $as_of
WHERE n.done - w.done <= $working_days;

-- excuse: summer_transfer
SELECT
    person_id, CAST(year(status_on) || '-' || $settle_other_day AS DATE) AS expires_on, roll, row_key, row_ref
FROM schooling_path
WHERE strftime(status_on, '%m-%d') >= $summer_first;
