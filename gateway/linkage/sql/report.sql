-- reads: child, enrolment, coverage, assistance_member, aid, attendance, contribution, death, disability,
--   insured_identity, rehabilitation, link, undecided; writes: nothing
-- why: the counts of the night, roll by roll: rows, rows linked, persons held.
WITH rows_of AS (
    SELECT source, roll, count(*) AS total FROM child GROUP BY source, roll
    UNION ALL
    SELECT source, roll, count(*) FROM enrolment GROUP BY source, roll
    UNION ALL
    SELECT source, roll, count(*) FROM coverage GROUP BY source, roll
    UNION ALL
    SELECT source, roll, count(*) FROM aid GROUP BY source, roll
    UNION ALL
    SELECT source, roll, count(*) FROM attendance GROUP BY source, roll
    UNION ALL
    SELECT source, roll, count(*) FROM contribution GROUP BY source, roll
    UNION ALL
    SELECT source, roll, count(*) FROM death GROUP BY source, roll
    UNION ALL
    SELECT source, roll, count(*) FROM disability GROUP BY source, roll
    UNION ALL
    SELECT source, roll, count(*) FROM insured_identity GROUP BY source, roll
    UNION ALL
    SELECT source, roll, count(*) FROM rehabilitation GROUP BY source, roll
    UNION ALL
    SELECT source, roll, count(*) FROM assistance_member GROUP BY source, roll
),
linked_of AS (
    SELECT source, roll, count(*) AS linked FROM link WHERE current GROUP BY source, roll
),
held_of AS (
    SELECT source, roll, count(DISTINCT person_id) AS held FROM undecided GROUP BY source, roll
)
SELECT
    r.source, r.roll, r.total, coalesce(l.linked, 0) AS linked, coalesce(h.held, 0) AS held
FROM rows_of AS r
LEFT JOIN linked_of AS l ON l.source = r.source AND l.roll = r.roll
LEFT JOIN held_of AS h ON h.source = r.source AND h.roll = r.roll
ORDER BY r.source, r.roll;
