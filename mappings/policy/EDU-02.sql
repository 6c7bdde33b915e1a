-- reads: subject, schooling_path; writes: nothing (gateway.policy makes rule_row of it)
-- why: a child once in school who left by the roll's own word, or was missing from two verified rolls.
--   Signs of harm are answered like any row that another rule takes: ordinary readers see no more.
SELECT
    s.person_id,
    CASE
        WHEN s.entry_year > $entry_year_started THEN 'before_entry'
        WHEN s.entry_year < $entry_year_oldest THEN 'after_compulsory'
    END AS not_applicable,
    CASE
        WHEN p.person_id IS NULL OR p.found = 'never_seen' THEN 'never_seen'
        WHEN p.found IN ('between_stages', 'leave_over', 'named_person') THEN 'another_rule'
        WHEN p.found IN ('between_stages_gone', 'finished_gone') THEN 'terminal_grade'
    END AS elsewhere,
    CASE WHEN p.found IN ('enrolled', 'finished') THEN p.found END AS satisfied,
    CASE
        WHEN p.found = 'status_unknown' THEN p.found
        WHEN s.birth_date IS NULL THEN 'birth_date_missing'
    END AS held,
    CASE p.found WHEN 'status_dropout' THEN 'status_dropout' WHEN 'gone' THEN 'vanished' END AS fires,
    coalesce(p.found = 'gone', FALSE) AS reads_absence,
    CASE WHEN p.found = 'gone' THEN p.division END AS absence_division,
    CAST($school_year AS DATE) AS episode,
    CASE WHEN p.found NOT IN ('never_seen', 'between_stages', 'leave_over', 'named_person') THEN p.roll END
        AS evidence_roll,
    CASE WHEN p.found NOT IN ('never_seen', 'between_stages', 'leave_over', 'named_person') THEN p.row_key END
        AS evidence_row_key,
    CASE WHEN p.found NOT IN ('never_seen', 'between_stages', 'leave_over', 'named_person') THEN p.row_ref END
        AS evidence_ref
FROM subject AS s
LEFT JOIN schooling_path AS p ON p.person_id = s.person_id;

-- excuse: leave
SELECT person_id, leave_ends AS expires_on, roll, row_key, row_ref
FROM schooling_path
WHERE found = 'leave';

-- excuse: transfer
SELECT person_id, CAST(NULL AS DATE) AS expires_on, roll, row_key, row_ref
FROM schooling_path
WHERE found = 'transfer';

-- excuse: abroad
SELECT person_id, CAST(NULL AS DATE) AS expires_on, roll, row_key, row_ref
FROM schooling_path
WHERE found = 'abroad';

-- excuse: death_recorded
SELECT person_id, CAST(NULL AS DATE) AS expires_on, roll, row_key, row_ref
FROM schooling_path
WHERE found = 'death_recorded';

-- excuse: status_contradictory
SELECT person_id, CAST(NULL AS DATE) AS expires_on, roll, row_key, row_ref
FROM schooling_path
WHERE found = 'status_contradictory';

-- excuse: absent_in_summer
SELECT person_id, CAST(NULL AS DATE) AS expires_on, roll, row_key, row_ref
FROM schooling_path
WHERE found = 'gone' AND absences = 0;

-- excuse: first_absence
SELECT person_id, CAST(NULL AS DATE) AS expires_on, roll, row_key, row_ref
FROM schooling_path
WHERE absences > 0 AND absences < $absences_needed;
