-- reads: subject, rights, payment; writes: nothing (gateway.policy makes rule_row of it)
-- why: a right to one of the two disability allowances, and no payment of it in the last closed month. A right
--   pays from the month after it began. A ledger of payments that shows neither allowance of anybody is
--   none of these allowances.
WITH allowance AS (
    SELECT
        person_id, bool_or(kind = 'disability_nursing') AS nursing,
        bool_or(kind = 'disability_living') AS living, min_by(roll, row_ref) AS roll,
        min_by(row_key, (row_ref, row_key)) AS row_key, min(row_ref) AS row_ref
    FROM payment
    WHERE month = $last_closed_month
    GROUP BY person_id
),
due AS (
    SELECT
        person_id, nursing OR living AS some_right,
        nursing AND coalesce(nursing_since < $last_closed_month, TRUE) AS nursing,
        living AND coalesce(living_since < $last_closed_month, TRUE) AS living
    FROM rights
),
ledger AS (
    SELECT count(*) AS allowances
    FROM payment
    WHERE kind IN ('disability_nursing', 'disability_living')
)
SELECT
    s.person_id,
    CASE WHEN s.adult THEN 'aged_18' END AS not_applicable,
    CASE
        WHEN NOT coalesce(r.some_right, FALSE) THEN 'no_right'
        WHEN NOT r.nursing AND NOT r.living THEN 'not_yet_due'
    END AS elsewhere,
    CASE
        WHEN (a.nursing OR NOT r.nursing) AND (a.living OR NOT r.living) THEN 'allowance_paid'
    END AS satisfied,
    CASE WHEN l.allowances = 0 THEN 'no_allowance_ledger' END AS held,
    CASE WHEN r.nursing AND NOT coalesce(a.nursing, FALSE) THEN 'nursing_missing' ELSE 'living_missing' END AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CAST($last_closed_month AS DATE) AS episode,
    a.roll AS evidence_roll,
    a.row_key AS evidence_row_key,
    a.row_ref AS evidence_ref
FROM subject AS s
CROSS JOIN ledger AS l
LEFT JOIN due AS r ON r.person_id = s.person_id
LEFT JOIN allowance AS a ON a.person_id = s.person_id;
