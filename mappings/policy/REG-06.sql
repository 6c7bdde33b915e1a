-- reads: subject, registry_state; writes: nothing (gateway.policy makes rule_row of it)
-- why: both parents away, as the registry says itself, and no agreement on who cares.
SELECT
    s.person_id,
    CASE WHEN s.adult THEN 'aged_18' END AS not_applicable,
    CASE WHEN NOT coalesce(r.both_parents_away, FALSE) THEN 'a_parent_is_home' END AS elsewhere,
    CASE WHEN r.entrusted_care_on <= $as_of THEN 'agreed' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    'no_agreement' AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    DATE '1900-01-01' AS episode,
    r.roll AS evidence_roll,
    r.row_key AS evidence_row_key,
    r.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN registry_state AS r ON r.person_id = s.person_id
WHERE s.registered;
