-- reads: subject, registry_state, parent_state; writes: nothing (gateway.policy makes rule_row of it)
-- why: a recorded guardian who is dead, in custody or under age, or none at all. Whether any adult is left is
--   asked by the rule on harm.
SELECT
    s.person_id,
    CASE WHEN s.adult THEN 'aged_18' END AS not_applicable,
    CAST(NULL AS VARCHAR) AS elsewhere,
    CASE
        WHEN NOT coalesce(p.guardian_dead, FALSE) AND NOT coalesce(p.guardian_in_custody, FALSE)
            AND NOT coalesce(p.guardian_under_age, FALSE)
            AND (r.guardian_name IS NOT NULL OR coalesce(p.guardians, 0) > 0) THEN 'guardian_there'
    END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    CASE
        WHEN p.guardian_dead THEN 'guardian_dead'
        WHEN p.guardian_in_custody THEN 'guardian_in_custody'
        WHEN p.guardian_under_age THEN 'guardian_under_age'
        ELSE 'guardian_blank'
    END AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    DATE '1900-01-01' AS episode,
    p.roll AS evidence_roll,
    p.row_key AS evidence_row_key,
    p.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN registry_state AS r ON r.person_id = s.person_id
LEFT JOIN parent_state AS p ON p.person_id = s.person_id
WHERE s.registered;
