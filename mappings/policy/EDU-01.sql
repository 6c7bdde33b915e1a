-- reads: subject, enrolment_state; writes: nothing (gateway.policy makes rule_row of it)
-- why: a child inside the compulsory years whom no verified roll, now or earlier, showed in a grade.
SELECT
    s.person_id,
    CASE
        WHEN s.entry_year > $entry_year_settled THEN 'before_entry'
        WHEN s.entry_year < $entry_year_oldest THEN 'after_compulsory'
    END AS not_applicable,
    CAST(NULL AS VARCHAR) AS elsewhere,
    CASE WHEN e.seen THEN 'seen_in_school' END AS satisfied,
    CASE WHEN s.birth_date IS NULL THEN 'birth_date_missing' END AS held,
    CASE WHEN e.preschool THEN 'still_in_preschool' ELSE 'no_enrolment' END AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CAST($school_year AS DATE) AS episode,
    e.roll AS evidence_roll,
    e.row_key AS evidence_row_key,
    e.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN enrolment_state AS e ON e.person_id = s.person_id;

-- excuse: preschool
SELECT e.person_id, make_date(s.entry_year + 1, 8, 31) AS expires_on, e.roll, e.row_key, e.row_ref
FROM enrolment_state AS e
JOIN subject AS s ON s.person_id = e.person_id
WHERE e.preschool AND s.entry_year IS NOT NULL;
