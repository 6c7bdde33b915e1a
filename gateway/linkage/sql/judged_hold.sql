-- reads: judged_row, rest; writes: undecided
-- why: a pair that an officer is unsure of stays open, however little or much it weighs.
INSERT INTO undecided (
    person_id, source, roll, table_name, row_key, row_ref, quarantined, why
)
SELECT
    j.person_id, r.source, r.roll, r.table_name, r.row_key, r.row_ref, r.quarantined,
    'judged=unsure'
FROM judged_row AS j
JOIN rest AS r
    ON r.source = j.source AND r.roll = j.roll AND r.table_name = j.table_name
    AND r.row_key = j.row_key
WHERE j.verdict = 'unsure' AND (r.current OR r.quarantined);
