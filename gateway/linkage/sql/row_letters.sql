-- reads: rest; writes: row_letters
-- why: the few rows with a name in letters or a number of another paper, told once a row: where there are none,
--   nothing is asked of any pair.
CREATE OR REPLACE TABLE row_letters AS
SELECT row_no
FROM rest
WHERE latin(name_key) OR (id_number IS NULL AND paper(number_given));
