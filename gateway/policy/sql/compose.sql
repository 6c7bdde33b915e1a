-- reads: judged, rule_severity; writes: nothing (gateway.policy adds it to outcome)
-- why: a judged child as a whole outcome: how strong the answer is, how urgent, by which row, under which key.
SELECT
    $rule AS rule,
    $rule_version AS rule_version,
    j.subject_id AS person_id,
    CAST(NULL AS VARCHAR) AS source,
    CAST(NULL AS VARCHAR) AS scope,
    j.division,
    j.kind,
    j.reason,
    CASE
        WHEN j.step < 12 THEN NULL
        WHEN j.locally THEN 'not_found_locally'
        ELSE 'no'
    END AS answer,
    CASE
        WHEN j.step < 12 THEN NULL
        WHEN j.locally
            THEN CAST(least(coalesce(s.severity, $severity) + 1, 4) AS VARCHAR)
        ELSE CAST(coalesce(s.severity, $severity) AS VARCHAR)
    END AS severity,
    CASE
        WHEN j.step < 12 THEN NULL
        WHEN j.locally THEN $local_due_days
        ELSE $due_days
    END AS due_days,
    $owner AS owner,
    j.episode,
    CASE
        WHEN j.step = 7 AND j.x_row_ref IS NOT NULL THEN j.x_roll
        WHEN j.step >= 6 THEN j.evidence_roll
    END AS evidence_roll,
    CASE
        WHEN j.step = 7 AND j.x_row_ref IS NOT NULL THEN j.x_row_key
        WHEN j.step >= 6 THEN j.evidence_row_key
    END AS evidence_row_key,
    CASE
        WHEN j.step = 7 AND j.x_row_ref IS NOT NULL THEN j.x_row_ref
        WHEN j.step >= 6 THEN j.evidence_ref
    END AS evidence_ref,
    $access AS access,
    CASE WHEN j.step = 12 THEN hmac_hex(
        $site_key, 'p:' || j.subject_id || '|' || $rule || '|' || CAST(j.episode AS VARCHAR)
    ) END AS finding_key,
    j.held_by,
    CASE WHEN j.step = 7 THEN j.expires_on END AS excused_until
FROM judged AS j
LEFT JOIN rule_severity AS s ON s.rule = $rule AND s.reason = j.fires;
