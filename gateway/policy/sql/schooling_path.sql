-- reads: enrolment_state; writes: schooling_path
-- why: one reading of the roll for all rules on schooling, so that a child is asked about once:
--   EDU-02 takes lead statuses and who vanished, EDU-05 who left from a final grade, EDU-01 who was never seen.
CREATE OR REPLACE TABLE schooling_path AS
SELECT
    e.*,
    CASE
        WHEN NOT e.seen THEN 'never_seen'
        WHEN e.class = 'enrolled' AND e.current THEN 'enrolled'
        WHEN e.class = 'ended' AND e.grade >= $terminal_grade THEN 'finished'
        WHEN e.class = 'ended' AND e.grade = $terminal_primary THEN 'between_stages'
        WHEN e.class = 'ended' THEN 'status_contradictory'
        WHEN e.class = 'transfer' THEN 'transfer'
        WHEN e.class = 'death' THEN 'death_recorded'
        WHEN e.class = 'harm' THEN 'named_person'
        WHEN e.class = 'lead' THEN 'status_dropout'
        WHEN e.class = 'excused' AND e.abroad THEN 'abroad'
        WHEN e.class = 'excused' AND coalesce(e.leave_ends >= $as_of, FALSE) THEN 'leave'
        WHEN e.class = 'excused' AND e.current THEN 'leave_over'
        WHEN e.current THEN 'status_unknown'
        WHEN e.grade = $terminal_grade THEN 'finished_gone'
        WHEN e.grade = $terminal_primary THEN 'between_stages_gone'
        ELSE 'gone'
    END AS found
FROM enrolment_state AS e;
