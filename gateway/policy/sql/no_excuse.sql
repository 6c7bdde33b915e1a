-- reads: nothing; writes: nothing (gateway.policy makes rule_excuse of it)
-- why: the shape of an excuse: whose it is, until when it holds (null = as long as its row stands), and the row.
SELECT
    CAST(NULL AS VARCHAR) AS code, CAST(NULL AS INTEGER) AS place, CAST(NULL AS BIGINT) AS person_id,
    CAST(NULL AS DATE) AS expires_on, CAST(NULL AS VARCHAR) AS roll, CAST(NULL AS VARCHAR) AS row_key,
    CAST(NULL AS VARCHAR) AS row_ref
WHERE FALSE;
