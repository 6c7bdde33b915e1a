-- reads: quarantine_rows; writes: nothing
-- why: why rows of a tried roll would be refused, by column; never what they say.
SELECT column_name, reason, count(*) AS refused
FROM quarantine_rows
GROUP BY column_name, reason
ORDER BY refused DESC, column_name, reason;
