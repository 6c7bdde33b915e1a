-- reads: subject, registry_state, schooling_path, coverage_state; writes: nothing (gateway.policy makes rule_row of it)
-- why: a child who returned from the street and is, some days later, not in school or not insured.
SELECT
    s.person_id,
    CASE WHEN s.adult THEN 'aged_18' END AS not_applicable,
    CASE
        WHEN r.returned_on IS NULL THEN 'not_returned'
        WHEN date_diff('day', r.returned_on, $as_of) < $days_after THEN 'recent'
    END AS elsewhere,
    CASE
        WHEN c.state = 'active' AND (p.found = 'enrolled' OR s.entry_year > $entry_year_started
            OR s.entry_year < $entry_year_oldest) THEN 'settled'
    END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    CASE WHEN coalesce(p.found = 'enrolled', FALSE) THEN 'no_coverage' ELSE 'no_school' END AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    coalesce(r.returned_on, CAST($period_start AS DATE)) AS episode,
    r.roll AS evidence_roll,
    r.row_key AS evidence_row_key,
    r.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN registry_state AS r ON r.person_id = s.person_id
LEFT JOIN schooling_path AS p ON p.person_id = s.person_id
LEFT JOIN coverage_state AS c ON c.person_id = s.person_id
WHERE s.registered;
