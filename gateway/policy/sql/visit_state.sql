-- reads: registry_state, visit; writes: visit_state
-- why: when each registered child was last visited, and its file last reviewed.
CREATE OR REPLACE TABLE visit_state AS
SELECT
    r.person_id,
    max(v.made_on) FILTER (WHERE v.kind = 'review') AS reviewed_on,
    max(v.made_on) FILTER (WHERE v.kind = 'visit') AS visited_on,
    max_by(v.roll, (v.made_on, v.row_ref)) AS roll, max_by(v.row_key, (v.made_on, v.row_ref, v.row_key)) AS row_key,
    max_by(v.row_ref, (v.made_on, v.row_ref)) AS row_ref
FROM registry_state AS r
JOIN visit AS v ON v.child_row_key = r.row_key AND v.source = r.source
WHERE v.made_on <= $as_of
GROUP BY r.person_id;
