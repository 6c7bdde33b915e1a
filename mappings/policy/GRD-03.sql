-- reads: subject, parent_state; writes: nothing (gateway.policy makes rule_row of it)
-- why: a term of a parent that ends within some days: a review is planned, nothing ends by itself.
SELECT
    s.person_id,
    CAST(NULL AS VARCHAR) AS not_applicable,
    CASE WHEN p.term_ends IS NULL THEN 'no_term' END AS elsewhere,
    CASE WHEN date_diff('day', $as_of, p.term_ends) > $days_before THEN 'term_far' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    'term_ends_soon' AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    coalesce(p.term_ends, CAST($period_start AS DATE)) AS episode,
    p.roll AS evidence_roll,
    p.row_key AS evidence_row_key,
    p.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN parent_state AS p ON p.person_id = s.person_id
WHERE s.registered;
