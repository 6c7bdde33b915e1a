-- reads: subject, link, enrolment_row, coverage_row, coverage, death, assistance_state; writes: death_state
-- why: who is told dead by a row that is theirs beyond doubt (a number, never a likeness), and who is told
--   alive by another roll at the same time.
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
),
alive AS (
    SELECT person_id FROM enrolment_row WHERE current AND class = 'enrolled'
    UNION
    SELECT person_id FROM coverage_row WHERE said_alive
    UNION
    SELECT person_id FROM assistance_state
    UNION
    SELECT person_id FROM subject WHERE registered
)
SELECT
    t.person_id, bool_or(t.confirmed) AS confirmed, bool_or(a.person_id IS NOT NULL) AS told_alive,
    min(t.died_on) AS died_on,
    min_by(t.roll, t.row_ref) AS roll, min_by(t.row_key, t.row_ref) AS row_key, min(t.row_ref) AS row_ref
FROM told AS t
LEFT JOIN alive AS a ON a.person_id = t.person_id
GROUP BY t.person_id;
