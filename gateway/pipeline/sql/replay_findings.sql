-- reads: outcome; writes: nothing
-- why: a replay keeps what fires in the words of a finding; the other outcomes it keeps as sums.
SELECT
    finding_key, rule, rule_version, person_id,
    CASE WHEN person_id IS NULL THEN source END AS source,
    CASE WHEN person_id IS NULL THEN evidence_roll END AS roll,
    CASE WHEN person_id IS NULL THEN scope END AS scope,
    division, severity, owner, answer, reason, access, episode,
    CASE WHEN evidence_ref IS NULL THEN '[]'
        ELSE '[{"roll":"' || evidence_roll || '","ref":"' || evidence_ref || '"}]'
    END AS evidence
FROM outcome
WHERE kind = 'fires'
ORDER BY finding_key;
