-- reads: told_excuse; writes: nothing (gateway.policy adds it to rule_excuse)
-- why: what an old ledger of handled cases says of a child in this rule's matter, until its end.
SELECT
    t.code, t.person_id, t.expires_on, CAST(NULL AS VARCHAR) AS roll,
    CAST(NULL AS VARCHAR) AS row_key, CAST(NULL AS VARCHAR) AS row_ref
FROM told_excuse AS t
WHERE t.matter IN ($matter, 'all')
