-- reads: tally, universe_size; writes: nothing
-- why: whether the rule's SQL gave a row to somebody who is not of its universe, or two to one, or none.
SELECT
    coalesce((SELECT sum(prints) FROM tally), 0) <> coalesce(CASE $universe
        WHEN 'registry' THEN registry_prints
        WHEN 'assistance' THEN assistance_prints
        ELSE population_prints
    END, 0) AS astray
FROM universe_size;
