-- reads: person, truth_key, label, enrolment, coverage; writes: nothing
-- why: true pairs that no block found, or that weighed too little to be kept.
WITH named AS (
    SELECT k.child, min(p.person_id) AS person_id
    FROM person AS p
    JOIN truth_key AS k ON k.roll = p.base_roll AND k.row_key = p.base_row_key
    GROUP BY k.child
),
looked_for AS (
    SELECT roll, row_key FROM enrolment
    UNION ALL
    SELECT roll, row_key FROM coverage
)
SELECT count(*) AS unseen
FROM looked_for AS r
JOIN truth_key AS k ON k.roll = r.roll AND k.row_key = r.row_key
JOIN named AS n ON n.child = k.child
WHERE NOT EXISTS (
    SELECT 1 FROM label AS l WHERE l.roll = r.roll AND l.row_key = r.row_key AND l.same
);
