-- reads: open_side, row_letters, person_side, crowded_day, crowded_number, pair, candidate; writes: candidate
-- why: a name in letters is found by its birth date whatever the order of its parts; a number of another paper
--   whole, or but for a slip beside how the name begins.
INSERT INTO candidate
WITH letters_side AS (
    SELECT * FROM open_side WHERE row_no IN (SELECT row_no FROM row_letters)
),
paper_side AS (
    SELECT * FROM letters_side
    WHERE id_number IS NULL AND paper(number_given)
        AND number_given NOT IN (SELECT number_given FROM crowded_number WHERE firm = $firm)
)
SELECT DISTINCT person_id, row_no
FROM (
    SELECT w.person_id, r.row_no
    FROM letters_side AS r
    JOIN (SELECT * FROM person_side WHERE latin(name_key)) AS w ON w.birth_date = r.birth_date
    WHERE latin(r.name_key)
        AND r.birth_date NOT IN (SELECT birth_date FROM crowded_day WHERE firm = $firm)
        AND NOT (w.firm AND r.firm)
    UNION ALL
    SELECT w.person_id, r.row_no
    FROM paper_side AS r
    JOIN person_side AS w ON w.number_given = r.number_given
    UNION ALL
    SELECT w.person_id, r.row_no
    FROM paper_side AS r
    JOIN (SELECT * FROM person_side WHERE id_number IS NULL AND paper(number_given)) AS w
        ON right(w.number_given, 2) = right(r.number_given, 2) AND left(w.name_key, 4) = left(r.name_key, 4)
    WHERE paper_near(w.number_given, r.number_given)
) AS found_by
WHERE NOT EXISTS (
    SELECT 1 FROM pair AS p WHERE p.row_no = found_by.row_no AND p.person_id = found_by.person_id
) AND NOT EXISTS (
    SELECT 1 FROM candidate AS c WHERE c.row_no = found_by.row_no AND c.person_id = found_by.person_id
);
