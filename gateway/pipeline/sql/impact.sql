-- reads: impact_said; writes: nothing
-- why: what would change, counted by rule; nobody is named.
SELECT
    rule,
    count(*) FILTER (WHERE was = 'fires') AS fires_now,
    count(*) FILTER (WHERE becomes = 'fires') AS would_fire,
    count(*) FILTER (WHERE becomes = 'fires' AND was <> 'fires') AS newly_firing,
    count(*) FILTER (WHERE was = 'fires' AND becomes <> 'fires') AS no_longer_firing,
    count(*) FILTER (WHERE becomes = 'held' AND was <> 'held') AS newly_held,
    count(*) FILTER (WHERE was = 'held' AND becomes <> 'held') AS no_longer_held
FROM impact_said
GROUP BY rule
ORDER BY rule;
