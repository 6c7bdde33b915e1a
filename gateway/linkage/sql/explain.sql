-- reads: link, undecided; writes: nothing
-- why: everything that a night says of one person: its links first, then the pairs that are open, each with the
--   next-best person that its row could be (of an open pair: the best of the others that it leaves open).
SELECT
    person_id, source, roll, row_ref, method, TRUE AS linked, explanation, weight,
    second_person_id, second_weight
FROM link
WHERE person_id = $person_id
UNION ALL
SELECT
    u.person_id, u.source, u.roll, u.row_ref, 'undecided', FALSE, u.why, u.weight,
    max_by(o.person_id, o.weight), max(o.weight)
FROM undecided AS u
LEFT JOIN undecided AS o
    ON o.row_ref = u.row_ref AND o.table_name = u.table_name AND o.person_id <> u.person_id
WHERE u.person_id = $person_id
GROUP BY u.person_id, u.source, u.roll, u.table_name, u.row_ref, u.why, u.weight
ORDER BY linked DESC, source, roll, row_ref, explanation;
