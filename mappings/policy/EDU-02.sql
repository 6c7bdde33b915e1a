-- reads: subject, enrolment_state; writes: nothing (gateway.policy makes rule_row of it)
-- why: a child once in school who left by the roll's own word, or was missing from two verified rolls.
--   Signs of harm are answered like any row that another rule takes: ordinary readers see no more.
WITH path AS (
    SELECT
        e.*,
        CASE
            WHEN NOT e.seen THEN 'never_seen'
            WHEN e.class = 'enrolled' AND e.current THEN 'enrolled'
            WHEN e.class = 'ended' AND e.grade >= $terminal_grade THEN 'finished'
            WHEN e.class = 'ended' AND e.grade = $terminal_primary THEN 'another_rule'
            WHEN e.class = 'ended' THEN 'status_contradictory'
            WHEN e.class = 'transfer' THEN 'transfer'
            WHEN e.class = 'death' THEN 'death_recorded'
            WHEN e.class = 'harm' THEN 'another_rule'
            WHEN e.class = 'lead' THEN 'status_dropout'
            WHEN e.class = 'excused' AND e.abroad THEN 'abroad'
            WHEN e.class = 'excused' AND e.leave_open THEN 'leave'
            WHEN e.class = 'excused' AND e.current THEN 'another_rule'
            WHEN e.current THEN 'status_unknown'
            WHEN e.grade IN ($terminal_primary, $terminal_grade) THEN 'terminal_grade'
            WHEN e.absences = 0 THEN 'absent_in_summer'
            WHEN e.absences < $absences_needed THEN 'first_absence'
            ELSE 'vanished'
        END AS found
    FROM enrolment_state AS e
)
SELECT
    s.person_id,
    CASE
        WHEN s.entry_year > $entry_year_started THEN 'before_entry'
        WHEN s.entry_year < $entry_year_oldest THEN 'after_compulsory'
    END AS not_applicable,
    CASE
        WHEN p.person_id IS NULL THEN 'never_seen'
        WHEN p.found IN ('never_seen', 'another_rule', 'terminal_grade') THEN p.found
    END AS elsewhere,
    CASE WHEN p.found IN ('enrolled', 'finished') THEN p.found END AS satisfied,
    CASE
        WHEN p.found IN (
            'leave', 'abroad', 'transfer', 'death_recorded', 'status_contradictory',
            'first_absence', 'absent_in_summer'
        ) THEN p.found
    END AS excused,
    CASE
        WHEN p.found = 'status_unknown' THEN p.found
        WHEN s.birth_date IS NULL THEN 'birth_date_missing'
    END AS held,
    CASE WHEN p.found IN ('status_dropout', 'vanished') THEN p.found END AS fires,
    coalesce(NOT p.current, FALSE) AND coalesce(p.found = 'vanished', FALSE) AS reads_absence,
    CASE WHEN p.found IN ('vanished', 'first_absence') THEN p.division END AS absence_division,
    CAST($school_year AS DATE) AS episode,
    CASE WHEN p.found NOT IN ('never_seen', 'another_rule') THEN p.roll END AS evidence_roll,
    CASE WHEN p.found NOT IN ('never_seen', 'another_rule') THEN p.row_key END AS evidence_row_key,
    CASE WHEN p.found NOT IN ('never_seen', 'another_rule') THEN p.row_ref END AS evidence_ref
FROM subject AS s
LEFT JOIN path AS p ON p.person_id = s.person_id;
