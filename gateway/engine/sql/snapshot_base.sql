-- reads: snap_rows; writes: nothing; why: the first state of a roll is written whole.
SELECT r.*, 'present' AS op, $period AS seen_period, $known_from AS known_from
FROM snap_rows AS r;
