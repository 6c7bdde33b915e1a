-- reads: child_fact, filed; writes: nothing
-- why: only files that changed since the last night that wrote one are written again.
SELECT w.person_id, w.digest, w.facts, w.sealed_facts
FROM (
    SELECT
        person_id,
        sha256(string_agg(row_name, chr(30) ORDER BY row_name)) AS digest,
        string_agg(CASE WHEN NOT sealed THEN line END, chr(30) ORDER BY line) AS facts,
        string_agg(CASE WHEN sealed THEN line END, chr(30) ORDER BY line) AS sealed_facts
    FROM child_fact
    GROUP BY person_id
) AS w
LEFT JOIN filed AS f ON f.person_id = w.person_id
WHERE f.digest IS NULL OR f.digest <> w.digest;
