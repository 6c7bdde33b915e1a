-- reads: mapped_fact; writes: nothing; why: rows of one key that say different things are signalled, not chosen among.
SELECT table_name, count(*) AS keys
FROM (SELECT table_name, row_key FROM mapped_fact
      GROUP BY table_name, row_key HAVING count(DISTINCT row_digest) > 1) AS other
GROUP BY table_name
ORDER BY table_name;
