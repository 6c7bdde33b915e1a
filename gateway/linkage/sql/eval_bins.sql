-- reads: label; writes: nothing
-- why: labels counted by whole bits: all that precision, calibration and cost need, and no person.
SELECT
    CAST(floor(weight) AS INTEGER) AS bits, linked, same, count(*) AS pairs
FROM label
GROUP BY ALL
ORDER BY bits, linked, same;
