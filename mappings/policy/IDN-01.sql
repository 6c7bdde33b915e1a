-- reads: subject, identity_doubt; writes: nothing (gateway.policy makes rule_row of it)
-- why: a child of whom it is not sure who it is.
SELECT
    s.person_id,
    CAST(NULL AS VARCHAR) AS not_applicable,
    CAST(NULL AS VARCHAR) AS elsewhere,
    CASE WHEN d.person_id IS NULL THEN 'nothing_doubtful' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    d.doubt AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    DATE '1900-01-01' AS episode,
    d.roll AS evidence_roll,
    d.row_key AS evidence_row_key,
    d.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN identity_doubt AS d ON d.person_id = s.person_id;
