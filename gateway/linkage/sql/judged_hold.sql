-- reads: judged_row, roll_row, rest, link; writes: undecided
-- why: a pair that an officer is unsure of stays open, however little or much it weighs; also where the
--   row has a good number that is nobody's, which nobody would be looked for by otherwise.
INSERT INTO undecided (
    person_id, source, roll, table_name, row_key, row_ref, quarantined, why
)
SELECT
    j.person_id, r.source, r.roll, r.table_name, r.row_key, r.row_ref, r.quarantined,
    'judged=unsure'
FROM judged_row AS j
JOIN roll_row AS r
    ON r.source = j.source AND r.roll = j.roll AND r.table_name = j.table_name
    AND r.row_key = j.row_key
WHERE j.verdict = 'unsure'
    AND (r.current OR r.quarantined)
    AND (
        EXISTS (SELECT 1 FROM rest AS o WHERE o.table_name = r.table_name AND o.row_ref = r.row_ref)
        OR NOT EXISTS (SELECT 1 FROM link AS l WHERE l.table_name = r.table_name AND l.row_ref = r.row_ref)
    );
