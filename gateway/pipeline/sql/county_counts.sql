-- reads: counted, quarantine_rows; writes: nothing
-- why: a county's share of a roll is told beside the whole, so that one county's trouble holds only its own children.
SELECT county, sum(accepted) AS accepted, sum(quarantined) AS quarantined
FROM (
    SELECT substr(division, 1, 6) AS county, count(*) AS accepted, 0 AS quarantined
    FROM counted
    WHERE division IS NOT NULL
    GROUP BY substr(division, 1, 6)
    UNION ALL
    SELECT substr(division, 1, 6) AS county, 0 AS accepted, count(*) AS quarantined
    FROM quarantine_rows
    WHERE division IS NOT NULL
    GROUP BY substr(division, 1, 6)
) AS parts
GROUP BY county;
