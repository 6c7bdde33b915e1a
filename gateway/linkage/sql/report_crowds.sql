-- reads: crowded; writes: nothing
-- why: blocks over the cap are said aloud, because their rows hold nobody through that block.
SELECT kind, sum(blocks)::BIGINT AS blocks, sum(held_rows)::BIGINT AS held_rows
FROM crowded
GROUP BY kind
ORDER BY kind;
