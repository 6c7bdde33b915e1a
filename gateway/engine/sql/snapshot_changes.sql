-- reads: snap_rows, snap_before, snap_gone_keys, snap_gone_facts; writes: nothing
-- why: a later night keeps only rows that came, changed or left; a row that left keeps its last facts.
SELECT r.*, 'present' AS op, $period AS seen_period, $known_from AS known_from
FROM snap_rows AS r
LEFT JOIN (SELECT row_key, row_digest FROM snap_before) AS b ON b.row_key = r.row_key
WHERE b.row_key IS NULL OR b.row_digest <> r.row_digest
UNION ALL BY NAME
SELECT f.* EXCLUDE (op, seen_period, known_from, seq), 'gone' AS op,
       $last_period AS seen_period, $known_from AS known_from
FROM snap_gone_facts AS f
JOIN (SELECT row_key, max(seq) AS seq FROM snap_gone_facts GROUP BY row_key) AS newest
  ON newest.row_key = f.row_key AND newest.seq = f.seq
WHERE f.row_key IN (SELECT row_key FROM snap_gone_keys WHERE tonight = 1);
