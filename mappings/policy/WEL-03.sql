-- reads: subject, entitlement, recognised_twice, regular_kept, payment; writes: nothing (gateway.policy makes rule_row of it)
-- why: regular payments of a month above the highest single standard, or recognitions that exclude each other.
WITH paid AS (
    SELECT
        person_id, bool_or(standard IS NULL) AS unknown,
        coalesce(bool_or(regular > standard), FALSE) AS above,
        coalesce(bool_and(paid + beside <= standard), FALSE) AS all_within,
        coalesce(min(CASE WHEN regular > standard THEN month END), max(month)) AS month,
        min_by(roll, row_ref) AS roll, min_by(row_key, (row_ref, row_key)) AS row_key, min(row_ref) AS row_ref
    FROM entitlement
    WHERE row_ref IS NOT NULL
    GROUP BY person_id
)
SELECT
    s.person_id,
    CAST(NULL AS VARCHAR) AS not_applicable,
    CASE WHEN e.person_id IS NULL AND t.person_id IS NULL THEN 'no_payment' END AS elsewhere,
    CASE WHEN t.person_id IS NULL AND e.all_within THEN 'within_standard' END AS satisfied,
    CASE
        WHEN t.person_id IS NULL AND NOT e.above
            THEN CASE WHEN e.unknown THEN 'standard_unknown' ELSE 'payment_unclear' END
    END AS held,
    CASE WHEN e.above THEN 'above_highest' ELSE 'recognised_twice' END AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    coalesce(e.month, CAST($last_closed_month AS DATE)) AS episode,
    e.roll AS evidence_roll,
    e.row_key AS evidence_row_key,
    e.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN paid AS e ON e.person_id = s.person_id
LEFT JOIN recognised_twice AS t ON t.person_id = s.person_id
WHERE s.registered;

-- excuse: arrears
SELECT p.person_id, CAST(NULL AS DATE) AS expires_on, p.roll, p.row_key, p.row_ref
FROM payment AS p
JOIN regular_kept AS e ON e.person_id = p.person_id AND e.month = p.month
WHERE p.nature = 'arrears';

-- excuse: top_up
SELECT p.person_id, CAST(NULL AS DATE) AS expires_on, p.roll, p.row_key, p.row_ref
FROM payment AS p
JOIN regular_kept AS e ON e.person_id = p.person_id AND e.month = p.month
WHERE p.nature = 'top_up';

-- excuse: classified_top_up
SELECT p.person_id, CAST(NULL AS DATE) AS expires_on, p.roll, p.row_key, p.row_ref
FROM payment AS p
JOIN regular_kept AS e ON e.person_id = p.person_id AND e.month = p.month
WHERE (p.nature = 'classified' OR p.kind = 'class_top_up');

-- excuse: disability_allowance
SELECT p.person_id, CAST(NULL AS DATE) AS expires_on, p.roll, p.row_key, p.row_ref
FROM payment AS p
JOIN regular_kept AS e ON e.person_id = p.person_id AND e.month = p.month
WHERE p.kind IN ('disability_living', 'disability_nursing');

-- excuse: temporary_relief
SELECT p.person_id, CAST(NULL AS DATE) AS expires_on, p.roll, p.row_key, p.row_ref
FROM payment AS p
JOIN regular_kept AS e ON e.person_id = p.person_id AND e.month = p.month
WHERE p.kind = 'temporary_relief';

-- excuse: household_benefit
SELECT p.person_id, CAST(NULL AS DATE) AS expires_on, p.roll, p.row_key, p.row_ref
FROM payment AS p
JOIN regular_kept AS e ON e.person_id = p.person_id AND e.month = p.month
WHERE p.to_household;
