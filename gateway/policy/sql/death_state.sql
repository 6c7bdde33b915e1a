-- reads: link, enrolment_row, coverage, death; writes: death_state
-- why: who is told dead by a row that is theirs beyond doubt (a number, never a likeness). That the
--   registry or the assistance roll still has them is what tells them alive.
CREATE OR REPLACE TABLE death_state AS
WITH told AS (
    SELECT l.person_id, d.roll, d.row_key, d.row_ref, d.died_on, coalesce(d.confirmed, FALSE) AS confirmed
    FROM link AS l
    JOIN death AS d ON d.row_key = l.row_key AND d.source = l.source AND d.roll = l.roll
    WHERE l.table_name = 'death'
        AND l.method IN ('number', 'student_number', 'own_number', 'judgement')
    UNION ALL
    SELECT e.person_id, e.roll, e.row_key, e.row_ref, e.status_on, FALSE
    FROM enrolment_row AS e
    WHERE e.class = 'death' AND e.method IN ('number', 'student_number', 'own_number')
    UNION ALL
    SELECT l.person_id, c.roll, c.row_key, c.row_ref, CAST(NULL AS DATE), FALSE
    FROM link AS l
    JOIN coverage AS c ON c.row_key = l.row_key AND c.source = l.source AND c.roll = l.roll
    WHERE l.table_name = 'coverage' AND l.current AND c.survival = '2'
        AND l.method IN ('number', 'student_number', 'own_number')
)
SELECT
    person_id, bool_or(confirmed) AS confirmed, min(died_on) AS died_on,
    min_by(roll, row_ref) AS roll, min_by(row_key, (row_ref, row_key)) AS row_key, min(row_ref) AS row_ref
FROM told
GROUP BY person_id;
