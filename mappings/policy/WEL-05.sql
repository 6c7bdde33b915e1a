-- reads: subject, registry_state, death_state, parameter_at, enrolment_row, category_now; writes: nothing (gateway.policy makes rule_row of it)
-- why: an entitlement whose age limit, as it stood on the day, is behind the child; asks about that one only.
--   The category is the registry's own row, and a death counts by a number, never by a likeness.
WITH category AS (
    SELECT
        r.person_id, r.roll, r.row_key, r.row_ref,
        CASE r.category WHEN '120' THEN 'unattended' WHEN '301' THEN 'extreme_hardship'
            WHEN '303' THEN 'low_income' ELSE 'orphan' END AS fact
    FROM registry_state AS r
    WHERE r.category IN ('120', '201', '202', '301', '303', '666')
),
own AS (
    SELECT
        c.*,
        -- An age is reached on the day after the birthday: who was born on the last day of a month has that month more.
        CAST(date_trunc('month', u.birth_date + to_years(CAST(a.value AS INTEGER)) + INTERVAL 1 DAY)
            + INTERVAL 1 MONTH AS DATE) AS ends_on
    FROM category AS c
    JOIN subject AS u ON u.person_id = c.person_id
    LEFT JOIN parameter_at AS a
        ON a.topic = 'age_limit' AND a.key = c.fact AND a.county = u.county
        AND $as_of BETWEEN a.since AND a.until
)
SELECT
    s.person_id,
    CAST(NULL AS VARCHAR) AS not_applicable,
    CASE WHEN c.person_id IS NULL THEN 'no_limit' END AS elsewhere,
    CASE WHEN c.ends_on > $as_of AND NOT coalesce(d.confirmed, FALSE) THEN 'before_limit' END AS satisfied,
    CASE
        WHEN d.confirmed THEN NULL
        WHEN s.birth_date IS NULL THEN 'birth_date_missing'
        WHEN c.ends_on IS NULL THEN 'limit_unknown'
    END AS held,
    CASE WHEN d.confirmed THEN 'death_confirmed' ELSE 'limit_reached' END AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CASE WHEN d.confirmed THEN coalesce(d.died_on, CAST($period_start AS DATE)) ELSE coalesce(c.ends_on, CAST($period_start AS DATE)) END AS episode,
    c.roll AS evidence_roll,
    c.row_key AS evidence_row_key,
    c.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN own AS c ON c.person_id = s.person_id
LEFT JOIN death_state AS d ON d.person_id = s.person_id
WHERE s.registered;

-- excuse: in_school
SELECT e.person_id, CAST(NULL AS DATE) AS expires_on, e.roll, e.row_key, e.row_ref
FROM enrolment_row AS e
JOIN subject AS u ON u.person_id = e.person_id
JOIN category_now AS n ON n.person_id = e.person_id AND n.registered
JOIN parameter_at AS p
    ON p.topic = 'continues_in_school' AND p.key = n.fact AND p.county = u.county
    AND p.value = 1 AND $as_of BETWEEN p.since AND p.until
WHERE e.current AND e.class = 'enrolled';

-- excuse: another_category
SELECT n.person_id, CAST(NULL AS DATE) AS expires_on, n.roll, n.row_key, n.row_ref
FROM category_now AS n
JOIN subject AS u ON u.person_id = n.person_id
WHERE NOT n.registered AND NOT u.adult
    AND n.fact IN ('low_income', 'borderline', 'monitored', 'severe_disability');
