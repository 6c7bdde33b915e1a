-- reads: subject, contribution_year, contribution_right, payment, parameter_at; writes: nothing (gateway.policy makes rule_row of it)
-- why: a child with a right to help whose family paid more than the part that the rates leave to it.
SELECT
    s.person_id,
    CASE WHEN s.adult THEN 'aged_18' END AS not_applicable,
    CASE
        WHEN r.person_id IS NULL THEN 'no_right'
        WHEN c.person_id IS NULL THEN 'nothing_paid'
    END AS elsewhere,
    CASE WHEN NOT r.rate_unknown AND c.paid_by_person <= r.family_share THEN 'share_kept' END AS satisfied,
    CASE WHEN coalesce(c.paid_by_person <= r.family_share, TRUE) THEN 'rate_unknown' END AS held,
    'paid_above_share' AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CAST($insurance_year_start AS DATE) AS episode,
    c.roll AS evidence_roll,
    c.row_key AS evidence_row_key,
    c.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN contribution_right AS r ON r.person_id = s.person_id
LEFT JOIN contribution_year AS c ON c.person_id = s.person_id;

-- excuse: recognised_later
SELECT
    c.person_id, make_date($insurance_year, 12, 31) AS expires_on, c.roll, c.row_key, c.row_ref
FROM contribution_year AS c
JOIN contribution_right AS r ON r.person_id = c.person_id
JOIN subject AS u ON u.person_id = c.person_id
LEFT JOIN parameter_at AS p
    ON p.topic = 'contribution_retroactive' AND p.key = 'help' AND p.county = u.county
    AND $as_of BETWEEN p.since AND p.until
WHERE r.some_came_later AND coalesce(c.paid_by_person <= r.share_when_paid, TRUE)
    AND coalesce(p.value, 0) <> 1;

-- excuse: help_on_file
SELECT person_id, CAST(NULL AS DATE) AS expires_on, roll, row_key, row_ref
FROM payment
WHERE kind = 'medical_help' AND month >= $insurance_year_start;
