-- reads: nothing; writes: nothing (gateway.policy makes rule_excuse of it)
-- why: the same for rules about a roll.
SELECT
    CAST(NULL AS VARCHAR) AS code, CAST(NULL AS INTEGER) AS place, CAST(NULL AS VARCHAR) AS source,
    CAST(NULL AS VARCHAR) AS roll, CAST(NULL AS VARCHAR) AS scope, CAST(NULL AS DATE) AS expires_on
WHERE FALSE;
