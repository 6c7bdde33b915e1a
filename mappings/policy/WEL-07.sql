-- reads: subject, registry_state, parameter_at; writes: nothing (gateway.policy makes rule_row of it)
-- why: an entitlement whose age limit comes within some days.
WITH own AS (
    SELECT
        r.person_id, r.roll, r.row_key, r.row_ref, a.value,
        CAST(u.birth_date + to_years(CAST(a.value AS INTEGER)) AS DATE) AS limit_on
    FROM registry_state AS r
    JOIN subject AS u ON u.person_id = r.person_id
    LEFT JOIN parameter_at AS a
        ON a.topic = 'age_limit' AND a.county = u.county AND $as_of BETWEEN a.since AND a.until
        AND a.key = CASE r.category WHEN '120' THEN 'unattended' WHEN '301' THEN 'extreme_hardship'
            WHEN '303' THEN 'low_income' ELSE 'orphan' END
    WHERE r.category IN ('120', '201', '202', '301', '303', '666')
)
SELECT
    s.person_id,
    CASE WHEN c.limit_on <= $as_of THEN 'limit_passed' END AS not_applicable,
    CASE WHEN c.person_id IS NULL THEN 'no_limit' END AS elsewhere,
    CASE WHEN date_diff('day', $as_of, c.limit_on) > $days_before THEN 'far' END AS satisfied,
    CASE
        WHEN s.birth_date IS NULL THEN 'birth_date_missing'
        WHEN c.limit_on IS NULL THEN 'limit_unknown'
    END AS held,
    CASE WHEN c.value = 18 THEN 'eighteen_soon' ELSE 'limit_soon' END AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    coalesce(c.limit_on, CAST($period_start AS DATE)) AS episode,
    c.roll AS evidence_roll,
    c.row_key AS evidence_row_key,
    c.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN own AS c ON c.person_id = s.person_id
WHERE s.registered;
