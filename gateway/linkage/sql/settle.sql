-- reads: pair, batch; writes: open_row
-- why: a row that one person fits whole, far above the next, needs no wider search: whatever else looks
--   like it has lost at least a name or a birth date, and that much. A number alone, under another name and without
--   a birth date, does not fit whole.
CREATE OR REPLACE TABLE open_row AS
SELECT b.row_no
FROM batch AS b
WHERE NOT EXISTS (
    SELECT 1
    FROM (
        SELECT
            row_no, count(*) AS others, max(score) AS best,
            bool_and(
                name NOT IN ('given', 'surname', 'differs', 'unknown') OR birth_date NOT IN ('unknown', 'differs')
            ) AS whole
        FROM pair
        GROUP BY row_no
    ) AS p
    WHERE p.row_no = b.row_no AND p.others = 1 AND p.best >= $settled AND p.whole
);
