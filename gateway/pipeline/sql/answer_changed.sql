-- reads: answer, answer_before; writes: nothing
-- why: only what changed since the night before is written; `gone` are children who have no row any more.
SELECT a.person_id, a.number_token, a.named_token, a.division, a.said, FALSE AS gone
FROM answer AS a
LEFT JOIN answer_before AS b ON b.person_id = a.person_id
WHERE b.person_id IS NULL
    OR coalesce(a.number_token, '') <> coalesce(b.number_token, '')
    OR coalesce(a.named_token, '') <> coalesce(b.named_token, '')
    OR a.division <> b.division
    OR a.said <> b.said
UNION ALL
SELECT b.person_id, NULL, NULL, b.division, b.said, TRUE
FROM answer_before AS b
LEFT JOIN answer AS a ON a.person_id = b.person_id
WHERE a.person_id IS NULL;
