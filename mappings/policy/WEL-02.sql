-- reads: subject, registry_state, assistance_state; writes: nothing (gateway.policy makes rule_row of it)
-- why: a registered child whose category gives a right to a basic-living benefit that was not paid in
--   the last closed month; `due` is the first closed month that is still unpaid. It reads absence: only
--   the assistance roll can say that the household has the higher benefit instead.
WITH benefit AS (
    SELECT
        r.*,
        greatest(
            date_trunc('month', r.recognised_on) + INTERVAL 1 MONTH,
            CAST(r.last_paid_month || '-01' AS DATE) + INTERVAL 1 MONTH
        ) AS due
    FROM registry_state AS r
)
SELECT
    s.person_id,
    CASE WHEN s.adult THEN 'aged_18' END AS not_applicable,
    CASE
        WHEN coalesce(b.category NOT IN ('120', '201', '202', '301'), TRUE) THEN 'no_benefit_right'
        WHEN date_trunc('month', b.recognised_on) + INTERVAL 1 MONTH > $last_closed_month
            THEN 'not_yet_due'
    END AS elsewhere,
    CASE WHEN b.due > $last_closed_month THEN 'paid' END AS satisfied,
    CASE
        WHEN b.due IS NULL THEN 'recognition_missing'
        WHEN s.birth_date IS NULL THEN 'birth_date_missing'
    END AS held,
    CASE WHEN b.last_paid_month IS NULL THEN 'never_paid' ELSE 'payment_behind' END AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CAST(b.due AS DATE) AS episode,
    b.roll AS evidence_roll,
    b.row_key AS evidence_row_key,
    b.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN benefit AS b ON b.person_id = s.person_id
WHERE s.registered;

-- excuse: higher_benefit_paid
SELECT person_id, CAST(NULL AS DATE) AS expires_on, roll, row_key, row_ref
FROM assistance_state
WHERE kind = '03';
