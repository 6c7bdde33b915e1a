-- reads: snap_rows, snap_gone_facts; writes: nothing
-- why: when most rows changed, a new base is smaller to read; rows that left are carried along.
SELECT r.*, 'present' AS op, $period AS seen_period, $known_from AS known_from
FROM snap_rows AS r
UNION ALL BY NAME
SELECT f.* EXCLUDE (op, seen_period, known_from, seq), 'gone' AS op,
       CASE f.op WHEN 'gone' THEN f.seen_period ELSE $last_period END AS seen_period, $known_from AS known_from
FROM snap_gone_facts AS f
JOIN (SELECT row_key, max(seq) AS seq FROM snap_gone_facts GROUP BY row_key) AS newest
  ON newest.row_key = f.row_key AND newest.seq = f.seq

;
