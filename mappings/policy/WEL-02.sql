-- reads: subject, registry_state, assistance_state, payment; writes: nothing (gateway.policy makes rule_row of it)
-- why: a registered child whose category gives a right to a basic-living benefit that was not paid in
--   the last closed month; `due` is the first closed month that is still unpaid. Either the registry or the
--   payment ledger, where one is connected, may show the payment. It reads absence: only the assistance roll
--   can say that the household has the higher benefit instead, and a row of the ledger could be the child's.
WITH ledger AS (
    SELECT
        person_id, max(month) AS month, max_by(roll, (month, row_ref)) AS roll,
        max_by(row_key, (month, row_ref, row_key)) AS row_key, max_by(row_ref, (month, row_ref)) AS row_ref
    FROM payment
    WHERE basic_living AND amount > 0
    GROUP BY person_id
),
benefit AS (
    SELECT
        r.person_id, r.category, r.recognised_on,
        r.last_paid_month IS NULL AND l.person_id IS NULL AS never_paid,
        greatest(
            date_trunc('month', r.recognised_on) + INTERVAL 1 MONTH,
            CAST(r.last_paid_month || '-01' AS DATE) + INTERVAL 1 MONTH,
            l.month + INTERVAL 1 MONTH
        ) AS due,
        coalesce(l.month > CAST(r.last_paid_month || '-01' AS DATE), l.person_id IS NOT NULL) AS by_ledger,
        r.roll, r.row_key, r.row_ref, l.roll AS l_roll, l.row_key AS l_row_key, l.row_ref AS l_row_ref
    FROM registry_state AS r
    LEFT JOIN ledger AS l ON l.person_id = r.person_id
)
SELECT
    s.person_id,
    CASE WHEN s.adult THEN 'aged_18' END AS not_applicable,
    CASE
        WHEN coalesce(b.category NOT IN ('120', '201', '202', '301'), TRUE) THEN 'no_benefit_right'
        WHEN date_trunc('month', b.recognised_on) + INTERVAL 1 MONTH > $last_closed_month
            THEN 'not_yet_due'
    END AS elsewhere,
    CASE
        WHEN b.due > $last_closed_month AND b.by_ledger THEN 'paid_by_ledger'
        WHEN b.due > $last_closed_month THEN 'paid'
    END AS satisfied,
    CASE
        WHEN b.due IS NULL THEN 'recognition_missing'
        WHEN s.birth_date IS NULL THEN 'birth_date_missing'
    END AS held,
    CASE WHEN b.never_paid THEN 'never_paid' ELSE 'payment_behind' END AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CAST(b.due AS DATE) AS episode,
    CASE WHEN b.by_ledger THEN b.l_roll ELSE b.roll END AS evidence_roll,
    CASE WHEN b.by_ledger THEN b.l_row_key ELSE b.row_key END AS evidence_row_key,
    CASE WHEN b.by_ledger THEN b.l_row_ref ELSE b.row_ref END AS evidence_ref
FROM subject AS s
LEFT JOIN benefit AS b ON b.person_id = s.person_id
WHERE s.registered;

-- excuse: higher_benefit_paid
SELECT person_id, CAST(NULL AS DATE) AS expires_on, roll, row_key, row_ref
FROM assistance_state
WHERE kind = '03';
