-- reads: outcome_now, outcome; writes: impact_said
-- why: two judgements of the same subjects, side by side.
CREATE OR REPLACE TABLE impact_said AS
WITH now_said AS (
    SELECT
        rule, person_id, left(division, 6) AS county, kind, reason, access,
        coalesce(CAST(person_id AS VARCHAR), source || '/' || evidence_roll || '/' || scope) AS subject
    FROM outcome_now
),
then_said AS (
    SELECT
        rule, person_id, left(division, 6) AS county, kind, reason, access,
        coalesce(CAST(person_id AS VARCHAR), source || '/' || evidence_roll || '/' || scope) AS subject
    FROM outcome
)
SELECT
    coalesce(a.rule, b.rule) AS rule,
    coalesce(a.person_id, b.person_id) AS person_id,
    coalesce(a.county, b.county, '') AS division,
    coalesce(a.kind, 'none') AS was, coalesce(b.kind, 'none') AS becomes,
    coalesce(a.reason, '') AS reason_was, coalesce(b.reason, '') AS reason_becomes,
    coalesce(a.access = 'ordinary', TRUE) AND coalesce(b.access = 'ordinary', TRUE) AS ordinary
FROM now_said AS a
FULL JOIN then_said AS b ON b.rule = a.rule AND b.subject = a.subject;
