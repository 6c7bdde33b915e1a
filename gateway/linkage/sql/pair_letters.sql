-- reads: both_sides; writes: letters_pair
-- why: the levels of names that are both in letters and not one, by letters.
CREATE OR REPLACE TABLE letters_pair AS
SELECT person_id, row_no, latin_level(r_name, w_name) AS level
FROM both_sides
WHERE latin(r_name) AND latin(w_name) AND r_name <> w_name
    AND NOT coalesce(r_name = former_name_key, FALSE) AND NOT coalesce(r_name = pet_name_key, FALSE);
