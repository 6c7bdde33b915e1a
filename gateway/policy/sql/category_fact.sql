-- reads: subject, registry_state, link, assistance_member, assistance_household, disability, enrolment_row;
--   writes: category_fact, category_now
-- why: which categories the facts prove, from when to when, each by a row. A category that the registry
--   states and a household that is helped are both facts; which of them pays is the entitlement's question.
CREATE OR REPLACE TABLE category_fact AS
SELECT
    r.person_id,
    CASE r.category WHEN '120' THEN 'unattended' WHEN '301' THEN 'extreme_hardship'
        WHEN '303' THEN 'low_income' ELSE 'orphan' END AS fact,
    TRUE AS registered, r.recognised_on AS since, r.exit_on AS until, r.roll, r.row_key, r.row_ref
FROM registry_state AS r
WHERE r.category IN ('120', '201', '202', '301', '303', '666')
UNION ALL
SELECT
    l.person_id,
    CASE h.kind WHEN '03' THEN 'extreme_hardship' WHEN '04' THEN 'borderline'
        WHEN '05' THEN 'monitored' ELSE 'low_income' END,
    FALSE,
    CAST(h.begin_month || '-01' AS DATE),
    CAST(CAST(h.end_month || '-01' AS DATE) + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE),
    m.roll, m.row_key, m.row_ref
FROM link AS l
JOIN assistance_member AS m ON m.row_key = l.row_key AND m.source = l.source AND m.roll = l.roll
JOIN assistance_household AS h
    ON h.family_id = m.family_id AND h.source = m.source AND h.roll = m.roll
WHERE l.table_name = 'assistance_member' AND l.current
    AND h.card_status = '1' AND h.kind IN ('01', '02', '03', '04', '05')
UNION ALL
SELECT
    l.person_id,
    CASE WHEN d.grade IN ('1', '2') THEN 'severe_disability'
        WHEN d.kind IN ('5', '6') THEN 'severe_mental' ELSE 'disability' END,
    FALSE, d.issued_on, d.valid_until, d.roll, d.row_key, d.row_ref
FROM link AS l
JOIN disability AS d ON d.row_key = l.row_key AND d.source = l.source AND d.roll = l.roll
WHERE l.table_name = 'disability' AND l.current
UNION ALL
SELECT
    l.person_id, CASE WHEN m.disability_grade IN ('1', '2') THEN 'severe_disability' ELSE 'disability' END,
    FALSE, CAST(NULL AS DATE), CAST(NULL AS DATE), m.roll, m.row_key, m.row_ref
FROM link AS l
JOIN assistance_member AS m ON m.row_key = l.row_key AND m.source = l.source AND m.roll = l.roll
WHERE l.table_name = 'assistance_member' AND l.current AND m.disability_grade IN ('1', '2', '3', '4');

-- One row a person and category that holds tonight, the one that has held longest.
CREATE OR REPLACE TABLE category_now AS
SELECT
    person_id, fact, bool_or(registered) AS registered, min(since) AS since,
    min_by(roll, row_ref) AS roll, min_by(row_key, (row_ref, row_key)) AS row_key, min(row_ref) AS row_ref
FROM category_fact
WHERE coalesce(since <= $as_of, TRUE) AND coalesce(until >= $as_of, TRUE)
GROUP BY person_id, fact;
