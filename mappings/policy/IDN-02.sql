-- reads: subject, death_state; writes: nothing (gateway.policy makes rule_row of it)
-- why: a death told by a row that is theirs by a number, of a child whom another roll shows alive. It suspends
--   all outreach; only this rule goes on.
SELECT
    s.person_id,
    CAST(NULL AS VARCHAR) AS not_applicable,
    CASE WHEN d.person_id IS NULL THEN 'not_reported' END AS elsewhere,
    CASE WHEN d.confirmed THEN 'confirmed' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    'contradiction' AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    coalesce(d.died_on, DATE '1900-01-01') AS episode,
    d.roll AS evidence_roll,
    d.row_key AS evidence_row_key,
    d.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN death_state AS d ON d.person_id = s.person_id;
