-- reads: forms_before, asked_rows; writes: nothing
-- why: a bureau that wrote a small x, or spaces, may find a number only as it wrote it.
SELECT DISTINCT b.id_given
FROM forms_before AS b
JOIN asked_rows AS a ON a.row_key = b.id_number
WHERE b.id_given IS NOT NULL AND b.id_given <> b.id_number
ORDER BY b.id_given;
