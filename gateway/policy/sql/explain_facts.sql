-- reads: category_fact, subject, enrolment_state; writes: nothing
-- why: which categories the facts prove for one child, each with the row that proves it, for the page that
--   explains an entitlement; the stage of school stands beside, because student aid goes by it.
SELECT
    f.fact, f.registered, f.since, f.until, f.roll, f.row_key, f.row_ref, u.county,
    coalesce(f.since <= $as_of, TRUE) AND coalesce(f.until >= $as_of, TRUE) AS holds,
    CASE
        WHEN e.grade = 0 THEN 'preschool'
        WHEN e.grade <= $terminal_primary THEN 'primary'
        WHEN e.grade <= $terminal_grade THEN 'junior'
        WHEN e.grade > $terminal_grade THEN 'senior'
    END AS stage
FROM category_fact AS f
JOIN subject AS u ON u.person_id = f.person_id
LEFT JOIN enrolment_state AS e
    ON e.person_id = f.person_id AND e.current AND e.class = 'enrolled'
WHERE f.person_id = $person_id
ORDER BY holds DESC, f.since, f.fact, f.row_ref;
