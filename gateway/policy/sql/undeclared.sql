-- reads: outcome_sum, rule_reason; writes: nothing
-- why: a reason without words would reach an officer as a bare code.
SELECT DISTINCT o.rule, o.kind, o.reason
FROM outcome_sum AS o
LEFT JOIN rule_reason AS r ON r.rule = o.rule AND r.kind = o.kind AND r.reason = o.reason
WHERE r.reason IS NULL
ORDER BY o.rule, o.kind, o.reason;
