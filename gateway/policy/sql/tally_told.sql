-- reads: judged_row; writes: tally
-- why: how those ended who went on, beside those who ended early.
INSERT INTO tally BY NAME
SELECT kind, reason, held_by, count(*) AS subjects
FROM judged_row
WHERE early IS NULL
GROUP BY kind, reason, held_by;
