-- reads: impact_said; writes: nothing
-- why: where findings would come and go; a place without change is not told.
SELECT
    rule, division,
    count(*) FILTER (WHERE becomes = 'fires' AND was <> 'fires') AS newly_firing,
    count(*) FILTER (WHERE was = 'fires' AND becomes <> 'fires') AS no_longer_firing
FROM impact_said
WHERE (was = 'fires') <> (becomes = 'fires')
GROUP BY rule, division
ORDER BY rule, division;
