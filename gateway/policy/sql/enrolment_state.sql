-- reads: link, enrolment, enrolment_gone, source_status; writes: enrolment_absence, enrolment_row,
--   enrolment_several, schooling_path, enrolment_state
-- why: one row a person that says which enrolment row speaks, so that no rule reads the roll twice.
--   A row of tonight's roll speaks before one that left it: silence never outranks a statement. What it says
--   of schooling is read once for all rules, so that a child is asked about once: EDU-02 takes lead statuses
--   and who vanished, EDU-05 who left from a final grade, EDU-01 who was never seen.

-- Periods dated in summer prove nothing: leavers vanish and entrants are not there yet.
CREATE OR REPLACE TABLE enrolment_absence AS
SELECT g.source, g.roll, g.row_key, count(*) AS absences
FROM enrolment_gone AS g
CROSS JOIN UNNEST(g.absent_periods) AS u(period)
LEFT JOIN (
    SELECT source, roll, period, max(roll_date) AS roll_date
    FROM source_status
    WHERE table_name = 'enrolment'
    GROUP BY source, roll, period
) AS d ON d.source = g.source AND d.roll = g.roll AND d.period = u.period
WHERE strftime(coalesce(d.roll_date, CAST(u.period || '-15' AS DATE)), '%m-%d')
    NOT BETWEEN $summer_first AND $summer_last
GROUP BY g.source, g.roll, g.row_key;

CREATE OR REPLACE TABLE enrolment_row AS
WITH every AS (
    SELECT
        l.person_id, TRUE AS current, e.roll, e.row_key, e.row_ref, e.division, e.grade,
        coalesce(e.status_class, 'unknown') AS class, e.status, e.status_on, e.leave_until,
        e.school_code, e.entered_month, e.boarding, e.disability, e.flag_orphan, e.flag_low_income,
        e.left_behind, l.method, CAST(NULL AS DATE) AS last_seen, 0 AS absences,
        CASE WHEN e.id_number IS NOT NULL THEN hash(e.id_number) END AS number_print,
        CASE WHEN e.guardian_id IS NOT NULL THEN hash(e.guardian_id) END AS guardian_print
    FROM link AS l
    JOIN enrolment AS e ON e.row_key = l.row_key AND e.source = l.source AND e.roll = l.roll
    WHERE l.table_name = 'enrolment' AND l.current
    UNION ALL
    SELECT
        l.person_id, FALSE AS current, g.roll, g.row_key, g.row_ref, g.division, g.grade,
        coalesce(g.status_class, 'unknown') AS class, g.status, g.status_on, g.leave_until,
        g.school_code, g.entered_month, g.boarding, g.disability, g.flag_orphan, g.flag_low_income,
        g.left_behind, l.method, CAST(g.last_period || '-01' AS DATE) AS last_seen,
        coalesce(a.absences, 0) AS absences,
        CAST(NULL AS UBIGINT) AS number_print, CAST(NULL AS UBIGINT) AS guardian_print
    FROM link AS l
    JOIN enrolment_gone AS g ON g.row_key = l.row_key AND g.source = l.source AND g.roll = l.roll
    LEFT JOIN enrolment_absence AS a
        ON a.row_key = g.row_key AND a.source = g.source AND a.roll = g.roll
    WHERE l.table_name = 'enrolment' AND NOT l.current
),
read AS (
    SELECT
        *,
        grade >= 1 AS seen,
        status = '13' AS abroad,
        -- A leave without an end is open for one school year.
        coalesce(leave_until, CAST(status_on + INTERVAL 1 YEAR AS DATE)) AS leave_ends
    FROM every
)
SELECT
    *,
    CASE
        WHEN NOT seen THEN 'never_seen'
        WHEN class = 'enrolled' AND current THEN 'enrolled'
        WHEN class = 'ended' AND grade >= $terminal_grade THEN 'finished'
        WHEN class = 'ended' AND grade = $terminal_primary THEN 'between_stages'
        WHEN class = 'ended' THEN 'status_contradictory'
        WHEN class = 'transfer' THEN 'transfer'
        WHEN class = 'death' THEN 'death_recorded'
        WHEN class = 'harm' THEN 'named_person'
        WHEN class = 'lead' THEN 'status_dropout'
        WHEN class = 'excused' AND abroad THEN 'abroad'
        WHEN class = 'excused' AND coalesce(leave_ends >= $as_of, FALSE) THEN 'leave'
        WHEN class = 'excused' AND current THEN 'leave_over'
        WHEN current THEN 'status_unknown'
        WHEN grade = $terminal_grade THEN 'finished_gone'
        WHEN grade = $terminal_primary THEN 'between_stages_gone'
        ELSE 'gone'
    END AS found
FROM read;

-- Most children have one row, which speaks. Only of those who have several one is chosen and written down again.
CREATE OR REPLACE TABLE enrolment_several AS
WITH several AS (
    SELECT person_id FROM enrolment_row GROUP BY person_id HAVING count(*) > 1
),
placed AS (
    SELECT
        r.*,
        row_number() OVER (
            PARTITION BY person_id
            ORDER BY
                (CASE WHEN grade >= 1 THEN 0 ELSE 1 END),
                (CASE WHEN current AND class = 'enrolled' THEN 0 WHEN current THEN 1 ELSE 2 END),
                status_on DESC NULLS LAST,
                row_ref, row_key
        ) AS place,
        max(CASE WHEN current AND grade = 0 AND class = 'enrolled' THEN 1 ELSE 0 END)
            OVER (PARTITION BY person_id) = 1 AS preschool
    FROM enrolment_row AS r
    WHERE EXISTS (SELECT 1 FROM several AS s WHERE s.person_id = r.person_id)
)
SELECT
    person_id, seen, preschool, current, class, status, abroad, status_on, leave_ends, last_seen, grade,
    absences, division, school_code, entered_month, boarding, roll, row_key, row_ref, found
FROM placed
WHERE place = 1;

CREATE OR REPLACE VIEW schooling_path AS
SELECT
    person_id, seen, coalesce(current AND grade = 0 AND class = 'enrolled', FALSE) AS preschool, current, class,
    status, abroad, status_on, leave_ends, last_seen, grade, absences, division, school_code, entered_month,
    boarding, roll, row_key, row_ref, found
FROM enrolment_row AS r
WHERE NOT EXISTS (SELECT 1 FROM enrolment_several AS s WHERE s.person_id = r.person_id)
UNION ALL
SELECT
    person_id, seen, preschool, current, class, status, abroad, status_on, leave_ends, last_seen, grade,
    absences, division, school_code, entered_month, boarding, roll, row_key, row_ref, found
FROM enrolment_several;

CREATE OR REPLACE VIEW enrolment_state AS
SELECT
    person_id, seen, preschool, current, class, status, abroad, status_on, leave_ends, last_seen, grade,
    absences, division, school_code, entered_month, boarding, roll, row_key, row_ref
FROM schooling_path;
