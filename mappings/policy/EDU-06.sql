-- reads: subject, category_now, schooling_path, enrolment_state, payment, parameter_at; writes: nothing (gateway.policy makes rule_row of it)
-- why: a registered child whose category gives a right to student aid, in school, for whom the ledger
--   shows nothing (or less than the rate) in the term whose payments are over. A right that began after the term,
--   and a pupil who was not in this school or stage then, are not asked about; a ledger of payments that
--   shows no student aid at all is none of student aid.
WITH category AS (
    SELECT
        person_id, bool_or(fact IN ('extreme_hardship', 'low_income', 'monitored')) AS named
    FROM category_now
    WHERE fact NOT IN ('disability', 'severe_mental', 'severe_disability', 'borderline')
        AND coalesce(since <= $term_last, TRUE)
    GROUP BY person_id
),
in_term AS (
    -- The grade of the term: grades rise with the school year, and the spring term is asked about after it.
    SELECT
        p.person_id, p.boarding,
        p.grade - CASE WHEN p.grade > 0 AND $school_year > $term_last THEN 1 ELSE 0 END AS grade
    FROM enrolment_state AS p
    WHERE p.current AND p.class = 'enrolled'
        AND NOT (p.grade = 1 AND $school_year > $term_last)
        AND (p.grade IN ($terminal_primary + 1, $terminal_grade + 1)
            OR coalesce(p.entered_month <= strftime($term_last, '%Y-%m'), TRUE))
),
in_school AS (
    SELECT
        person_id, boarding,
        CASE
            WHEN grade = 0 THEN 'preschool'
            WHEN grade <= $terminal_primary THEN 'primary'
            WHEN grade <= $terminal_grade THEN 'junior'
            ELSE 'senior'
        END AS stage
    FROM in_term
),
stage AS (
    -- Where no share is set for pupils who do not board, nobody says how much is due to them.
    SELECT i.person_id, i.stage, CASE WHEN i.boarding = '2' THEN 1 ELSE d.value END AS share
    FROM in_school AS i
    JOIN subject AS u ON u.person_id = i.person_id
    LEFT JOIN parameter_at AS d
        ON d.topic = 'student_aid_day_share' AND d.key = i.stage AND d.county = u.county
        AND $term_last BETWEEN d.since AND d.until
),
term AS (
    SELECT
        person_id, sum(amount) AS paid,
        min_by(roll, row_ref) AS roll,
        min_by(row_key, (row_ref, row_key)) AS row_key,
        min(row_ref) AS row_ref
    FROM payment
    WHERE kind = 'student_aid' AND month BETWEEN $term_first AND $term_last
    GROUP BY person_id
),
ledger AS (
    SELECT count(*) AS rows_of_aid FROM payment WHERE kind = 'student_aid'
)
SELECT
    s.person_id,
    CASE WHEN s.adult THEN 'aged_18' END AS not_applicable,
    CASE
        WHEN c.person_id IS NULL THEN 'no_category'
        WHEN e.person_id IS NULL THEN 'not_in_school'
        WHEN r.value IS NULL THEN 'no_rate_here'
    END AS elsewhere,
    CASE WHEN a.paid > 0 AND coalesce(a.paid >= r.value * e.share / 2, TRUE) THEN 'aid_paid' END AS satisfied,
    CASE WHEN l.rows_of_aid = 0 THEN 'no_aid_ledger' END AS held,
    CASE WHEN a.paid > 0 THEN 'aid_short' WHEN c.named THEN 'aid_missing' ELSE 'aid_by_discretion' END AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CAST($term_first AS DATE) AS episode,
    a.roll AS evidence_roll,
    a.row_key AS evidence_row_key,
    a.row_ref AS evidence_ref
FROM subject AS s
CROSS JOIN ledger AS l
LEFT JOIN category AS c ON c.person_id = s.person_id
LEFT JOIN stage AS e ON e.person_id = s.person_id
LEFT JOIN parameter_at AS r
    ON r.topic = 'student_aid' AND r.key = e.stage AND r.county = s.county
    AND $term_last BETWEEN r.since AND r.until
LEFT JOIN term AS a ON a.person_id = s.person_id
WHERE s.registered;
