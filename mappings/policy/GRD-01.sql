-- reads: subject, parent_state, category_now, guardian_row; writes: nothing (gateway.policy makes rule_row of it)
-- why: both parents dead or missing, or unable to care by the tests of the national notices, of a child who is
--   not recognised so.
WITH category AS (
    SELECT
        person_id, bool_or(fact = 'orphan') AS orphan, bool_or(fact = 'unattended') AS unattended
    FROM category_now
    GROUP BY person_id
)
SELECT
    s.person_id,
    CASE WHEN s.adult THEN 'aged_18' END AS not_applicable,
    CASE WHEN NOT coalesce(p.both_gone_or_unable, FALSE) THEN 'a_parent_is_there' END AS elsewhere,
    CASE WHEN c.orphan OR (c.unattended AND NOT p.both_gone) THEN 'recognised' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    CASE WHEN p.both_gone THEN 'likely_orphan' ELSE 'likely_unattended' END AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    coalesce(p.since, DATE '1900-01-01') AS episode,
    p.roll AS evidence_roll,
    p.row_key AS evidence_row_key,
    p.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN parent_state AS p ON p.person_id = s.person_id
LEFT JOIN category AS c ON c.person_id = s.person_id
WHERE s.registered;
