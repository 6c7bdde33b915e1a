-- reads: universe_size; writes: nothing
-- why: how many children this rule is about.
SELECT CASE $universe WHEN 'registry' THEN registry WHEN 'assistance' THEN assistance ELSE population END
    AS universe
FROM universe_size;
