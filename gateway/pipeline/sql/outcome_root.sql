-- reads: outcome; writes: nothing
-- why: one digest over every outcome, whatever the order of rows: two looks that say the same have the same.
SELECT coalesce(sha256(string_agg(part, '' ORDER BY bucket)), sha256('')) AS root
FROM (
    SELECT substr(line, 1, 2) AS bucket, sha256(string_agg(line, '' ORDER BY line)) AS part
    FROM (
        SELECT sha256(concat_ws(
            '|', rule, rule_version, coalesce(CAST(person_id AS VARCHAR), '-'), coalesce(source, '-'),
            coalesce(scope, '-'), coalesce(division, '-'), kind, reason, coalesce(answer, '-'),
            coalesce(severity, '-'), coalesce(CAST(due_days AS VARCHAR), '-'), owner,
            coalesce(CAST(episode AS VARCHAR), '-'), coalesce(evidence_roll, '-'),
            coalesce(evidence_row_key, '-'), coalesce(evidence_ref, '-'), access,
            coalesce(finding_key, '-'), coalesce(held_by, '-')
        )) AS line
        FROM outcome
    ) AS lines
    GROUP BY substr(line, 1, 2)
) AS buckets;
