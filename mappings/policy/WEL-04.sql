-- reads: subject, entitlement; writes: nothing (gateway.policy makes rule_row of it)
-- why: a month for which less than the highest standard was paid, arrears and top-ups counted in the month
--   that they belong to. Nothing at all is another rule's business, and so are months in an institution.
WITH due AS (
    SELECT
        person_id, bool_or(paid > 0) AS some_paid,
        bool_or(standard IS NULL AND paid > 0) AS unknown,
        coalesce(bool_or(paid < owed AND paid > 0), FALSE) AS below,
        coalesce(bool_or(paid < standard AND paid > 0), FALSE) AS below_new,
        coalesce(min(CASE WHEN paid < owed AND paid > 0 THEN month END), max(month)) AS month,
        min_by(roll, row_ref) AS roll, min_by(row_key, (row_ref, row_key)) AS row_key, min(row_ref) AS row_ref
    FROM entitlement
    WHERE right_to <> 'orphan_institution'
    GROUP BY person_id
),
entitled AS (
    SELECT DISTINCT person_id FROM entitlement WHERE rights > 0
)
SELECT
    s.person_id,
    CAST(NULL AS VARCHAR) AS not_applicable,
    CASE
        WHEN r.person_id IS NULL THEN 'no_right'
        WHEN e.person_id IS NULL THEN 'institutional_standard'
        WHEN NOT e.some_paid THEN 'nothing_paid'
    END AS elsewhere,
    CASE WHEN NOT e.unknown AND NOT e.below_new THEN 'standard_paid' END AS satisfied,
    CASE WHEN NOT e.below THEN 'standard_unknown' END AS held,
    'below_standard' AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    coalesce(e.month, CAST($last_closed_month AS DATE)) AS episode,
    e.roll AS evidence_roll,
    e.row_key AS evidence_row_key,
    e.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN entitled AS r ON r.person_id = s.person_id
LEFT JOIN due AS e ON e.person_id = s.person_id
WHERE s.registered;

-- excuse: recent_rise
SELECT
    person_id, CAST(min(grace_ends) - 1 AS DATE) AS expires_on, min_by(roll, row_ref) AS roll,
    min_by(row_key, (row_ref, row_key)) AS row_key, min(row_ref) AS row_ref
FROM entitlement
WHERE paid > 0 AND paid < standard
GROUP BY person_id
HAVING bool_and(paid >= owed);
