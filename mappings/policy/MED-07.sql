-- reads: subject, rights, link, insured_identity; writes: nothing (gateway.policy makes rule_row of it)
-- why: a child with a right to medical help for thirty days, or born so long ago into a household that has
--   it, whom the insurer does not mark.
WITH marked AS (
    SELECT
        l.person_id,
        bool_or(coalesce(i.begin_on <= $as_of, TRUE) AND coalesce(i.end_on >= $as_of, TRUE)) AS valid,
        min_by(i.roll, i.row_ref) AS roll,
        min_by(i.row_key, (i.row_ref, i.row_key)) AS row_key,
        min(i.row_ref) AS row_ref
    FROM link AS l
    JOIN insured_identity AS i ON i.row_key = l.row_key AND i.source = l.source AND i.roll = l.roll
    WHERE i.identity NOT IN ('01', '07')
    GROUP BY l.person_id
)
SELECT
    s.person_id,
    CASE WHEN s.adult THEN 'aged_18' END AS not_applicable,
    CASE
        WHEN NOT coalesce(r.medical_help, FALSE) THEN 'no_right'
        WHEN date_diff('day', greatest(r.medical_since, s.birth_date), $as_of) < $days_after THEN 'recent'
    END AS elsewhere,
    CASE WHEN i.valid THEN 'identity_valid' END AS satisfied,
    CASE WHEN r.medical_since IS NULL THEN 'recognition_missing' END AS held,
    CASE WHEN i.person_id IS NULL THEN 'no_identity' ELSE 'identity_ended' END AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    coalesce(r.medical_since, CAST($period_start AS DATE)) AS episode,
    i.roll AS evidence_roll,
    i.row_key AS evidence_row_key,
    i.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN rights AS r ON r.person_id = s.person_id
LEFT JOIN marked AS i ON i.person_id = s.person_id;
