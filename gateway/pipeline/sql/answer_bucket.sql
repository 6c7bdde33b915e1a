-- reads: answer; writes: answer_bucket
-- why: kept answers by the first digits of their blind index, so that a night writes few rows and compares
--   digests only; the text is that of gateway/model/answers.py (BUCKET, kept_line).
CREATE OR REPLACE TABLE answer_bucket AS
WITH token AS (
    SELECT
        'number' AS kind, hmac_hex($index_key, 'answer:number|' || id_number) AS token,
        person_id, division, said
    FROM answer
    WHERE id_number IS NOT NULL
    UNION ALL
    SELECT
        'named',
        hmac_hex($index_key, 'answer:named|' || name_key || '|' || CAST(birth_date AS VARCHAR) || '|' || guardian),
        person_id, division, said
    FROM answer
    WHERE name_key IS NOT NULL AND birth_date IS NOT NULL AND guardian IS NOT NULL
),
bucket AS (
    SELECT
        kind,
        left(token, 4) AS bucket,
        array_to_string(list_sort(list(line)), chr(30)) AS lines
    FROM (
        SELECT
            kind, token,
            substr(token, 5, 28) || chr(31) || CAST(person_id AS VARCHAR) || chr(31) || division
                || chr(31) || said AS line
        FROM token
    ) AS told
    GROUP BY kind, left(token, 4)
)
SELECT kind, bucket, sha256(lines) AS digest, lines
FROM bucket;
