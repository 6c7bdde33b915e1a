-- reads: judged_row, roll_row, rest, link; writes: unsure_row, undecided
-- why: a pair that an officer is unsure of stays open, however little or much it weighs; also where the
--   row has a good number that is nobody's, which nobody would be looked for by otherwise.
CREATE OR REPLACE TABLE unsure_row AS
SELECT j.person_id, r.source, r.roll, r.table_name, r.row_key, r.row_ref, r.quarantined
FROM judged_row AS j
JOIN roll_row AS r
    ON r.source = j.source AND r.roll = j.roll AND r.table_name = j.table_name
    AND r.row_key = j.row_key
WHERE j.verdict = 'unsure' AND (r.current OR r.quarantined);

INSERT INTO undecided (
    person_id, source, roll, table_name, row_key, row_ref, quarantined, why
)
SELECT u.*, 'judged=unsure'
FROM unsure_row AS u
WHERE EXISTS (SELECT 1 FROM rest AS o WHERE o.table_name = u.table_name AND o.row_ref = u.row_ref)
    OR NOT EXISTS (SELECT 1 FROM link AS l WHERE l.table_name = u.table_name AND l.row_ref = u.row_ref);
