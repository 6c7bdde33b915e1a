-- reads: subject, registry_state, visit_state; writes: nothing (gateway.policy makes rule_row of it)
-- why: a file that was not reviewed in the last quarter, or in this one when fifteen days are left.
SELECT
    s.person_id,
    CAST(NULL AS VARCHAR) AS not_applicable,
    CASE
        WHEN (v.reviewed_on >= $last_quarter_start OR r.recognised_on >= $last_quarter_start)
            AND date_diff('day', $as_of, $quarter_end) > $days_before
            AND coalesce(v.reviewed_on < $quarter_start, TRUE) THEN 'not_yet_due'
    END AS elsewhere,
    CASE WHEN v.reviewed_on >= $quarter_start THEN 'reviewed' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    CASE
        WHEN coalesce(v.reviewed_on >= $last_quarter_start OR r.recognised_on >= $last_quarter_start, FALSE)
            THEN 'review_due'
        ELSE 'review_overdue'
    END AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CASE
        WHEN coalesce(v.reviewed_on >= $last_quarter_start OR r.recognised_on >= $last_quarter_start, FALSE)
            THEN CAST($quarter_start AS DATE)
        ELSE CAST($last_quarter_start AS DATE)
    END AS episode,
    v.roll AS evidence_roll,
    v.row_key AS evidence_row_key,
    v.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN registry_state AS r ON r.person_id = s.person_id
LEFT JOIN visit_state AS v ON v.person_id = s.person_id
WHERE s.registered;
