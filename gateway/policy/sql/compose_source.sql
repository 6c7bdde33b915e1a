-- reads: source_now, rule_row, rule_excuse, rule_severity; writes: outcome
-- why: the same for rules about a roll: nothing holds them, for they say why the others are held.
INSERT INTO outcome
WITH excuse AS (
    SELECT source, roll, scope, min(code) AS code, min(expires_on) AS expires_on
    FROM rule_excuse
    GROUP BY source, roll, scope
),
judged AS (
    SELECT
        n.source, n.roll, n.scope, r.not_applicable, r.satisfied, x.code AS excused, x.expires_on,
        r.fires, r.episode, r.evidence_ref,
        CASE
            WHEN n.source IS NULL OR r.source IS NULL THEN 0
            WHEN r.not_applicable IS NOT NULL THEN 1
            WHEN r.satisfied IS NOT NULL THEN 2
            WHEN x.code IS NOT NULL THEN 3
            WHEN r.fires IS NULL THEN 0
            ELSE 4
        END AS step
    FROM source_now AS n
    FULL JOIN rule_row AS r ON r.source = n.source AND r.roll = n.roll AND r.scope = n.scope
    LEFT JOIN excuse AS x ON x.source = n.source AND x.roll = n.roll AND x.scope = n.scope
)
SELECT
    $rule,
    $rule_version,
    CAST(NULL AS BIGINT),
    j.source,
    j.scope,
    CASE WHEN j.scope <> '*' THEN j.scope || '000000' END,
    CASE j.step
        WHEN 1 THEN 'not_applicable' WHEN 2 THEN 'satisfied' WHEN 3 THEN 'excused' WHEN 4 THEN 'fires'
    END,
    CASE j.step
        WHEN 1 THEN j.not_applicable WHEN 2 THEN j.satisfied WHEN 3 THEN j.excused WHEN 4 THEN j.fires
    END,
    CASE WHEN j.step = 4 THEN 'no' END,
    CASE WHEN j.step = 4 THEN CAST(coalesce(s.severity, $severity) AS VARCHAR) END,
    CASE WHEN j.step = 4 THEN $due_days END,
    $owner,
    j.episode,
    j.roll,
    CAST(NULL AS VARCHAR),
    CASE WHEN j.step = 4 THEN j.evidence_ref END,
    $access,
    CASE WHEN j.step = 4 THEN hmac_hex(
        $site_key,
        's:' || j.source || '/' || j.roll || ':' || j.scope || '|' || $rule || '|'
            || CAST(j.episode AS VARCHAR)
    ) END,
    CAST(NULL AS VARCHAR),
    CASE WHEN j.step = 3 THEN j.expires_on END
FROM judged AS j
LEFT JOIN rule_severity AS s ON s.rule = $rule AND s.reason = j.fires;
