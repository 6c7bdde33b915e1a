-- reads: verdict; writes: found
-- why: methods 1 to 3 speak of numbers: a row goes to the one person of its strongest method, or to nobody.
CREATE OR REPLACE TABLE found AS
WITH best AS (
    SELECT table_name, row_ref, min(method) AS method
    FROM verdict
    WHERE method BETWEEN 1 AND 3
    GROUP BY table_name, row_ref
)
SELECT v.table_name, v.row_ref, min(v.person_id) AS person_id, b.method
FROM verdict AS v
JOIN best AS b
    ON b.table_name = v.table_name AND b.row_ref = v.row_ref AND b.method = v.method
GROUP BY v.table_name, v.row_ref, b.method
HAVING count(DISTINCT v.person_id) = 1;
