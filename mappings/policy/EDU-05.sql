-- reads: subject, schooling_path; writes: nothing (gateway.policy makes rule_row of it)
-- why: a child who finished primary school, or left the roll from its final grade, and is in no school
--   by the settle date of entries.
SELECT
    s.person_id,
    CASE
        WHEN s.entry_year > $entry_year_started THEN 'before_entry'
        WHEN s.entry_year < $entry_year_oldest THEN 'after_compulsory'
    END AS not_applicable,
    CASE WHEN coalesce(p.found NOT IN ('between_stages', 'between_stages_gone', 'enrolled'), TRUE)
        OR (p.found = 'enrolled' AND p.grade <= $terminal_primary) THEN 'not_between_stages' END AS elsewhere,
    CASE WHEN p.found = 'enrolled' THEN 'next_stage' END AS satisfied,
    CASE WHEN s.birth_date IS NULL THEN 'birth_date_missing' END AS held,
    CASE WHEN p.found = 'between_stages' THEN 'no_next_stage' ELSE 'left_from_final_grade' END AS fires,
    TRUE AS reads_absence,
    CASE WHEN p.found = 'between_stages_gone' THEN p.division END AS absence_division,
    CAST($school_year AS DATE) AS episode,
    p.roll AS evidence_roll,
    p.row_key AS evidence_row_key,
    p.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN schooling_path AS p ON p.person_id = s.person_id;

-- excuse: before_settle
SELECT
    person_id,
    -- The settle date of entries after the day on which the child finished.
    CAST(CAST((year(finished_on) + CASE WHEN strftime(finished_on, '%m-%d') >= $settle_entry_day THEN 1 ELSE 0 END)
        || '-' || $settle_entry_day AS DATE) - 1 AS DATE) AS expires_on,
    roll, row_key, row_ref
FROM (
    SELECT
        *, CASE WHEN found = 'between_stages' THEN coalesce(status_on, $school_year) ELSE last_seen END
            AS finished_on
    FROM schooling_path
) AS p;
