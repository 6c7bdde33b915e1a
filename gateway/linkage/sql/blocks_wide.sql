-- reads: open_row, row_side, person_side, crowded_name, crowded_day, crowded_guardian, pair; writes: open_side, day_side, name_side, guardian_side, candidate
-- why: what a slip leaves: the birth date with a part of the name or the home, the name with a near birth
--   date or the home, most of a number, the guardian. Each block is one hash join, and bounded.
CREATE OR REPLACE TABLE open_side AS
SELECT row_no, firm, name_key, birth_date, division, guardian_name_key, guardian_id, id_number, number_given
FROM row_side
WHERE row_no IN (SELECT row_no FROM open_row);

CREATE OR REPLACE TABLE day_side AS
SELECT * FROM open_side
WHERE birth_date NOT IN (SELECT birth_date FROM crowded_day WHERE firm = $firm);

-- Left out before the joins: a plan may otherwise pair a crowd first and leave it out afterwards.
CREATE OR REPLACE TABLE name_side AS
SELECT * FROM open_side
WHERE name_key NOT IN (SELECT name_key FROM crowded_name WHERE firm = $firm);

CREATE OR REPLACE TABLE guardian_side AS
SELECT * FROM open_side
WHERE guardian_name_key NOT IN (SELECT guardian FROM crowded_guardian WHERE firm = $firm);

INSERT INTO candidate
SELECT DISTINCT person_id, row_no
FROM (
    -- birth date, and surname, given name, guardian, or most of a number: each a join of its own, because
    -- those of one birth date are many
    SELECT w.person_id, r.row_no
    FROM day_side AS r
    JOIN person_side AS w
        ON w.birth_date = r.birth_date AND left(w.name_key, 1) = left(r.name_key, 1)
    WHERE NOT (w.firm AND r.firm)
    UNION ALL
    SELECT w.person_id, r.row_no
    FROM day_side AS r
    JOIN person_side AS w
        ON w.birth_date = r.birth_date AND right(w.name_key, 2) = right(r.name_key, 2)
    WHERE NOT (w.firm AND r.firm)
    UNION ALL
    SELECT w.person_id, r.row_no
    FROM day_side AS r
    JOIN person_side AS w
        ON w.birth_date = r.birth_date AND w.guardian_name_key = r.guardian_name_key
    WHERE NOT (w.firm AND r.firm)
    UNION ALL
    SELECT w.person_id, r.row_no
    FROM day_side AS r
    JOIN person_side AS w ON w.birth_date = r.birth_date AND w.guardian_id = r.guardian_id
    WHERE NOT (w.firm AND r.firm)
    UNION ALL
    SELECT w.person_id, r.row_no
    FROM day_side AS r
    JOIN person_side AS w
        ON w.birth_date = r.birth_date AND right(w.number_given, 3) = right(r.number_given, 3)
    WHERE NOT (w.firm AND r.firm)
    UNION ALL
    SELECT w.person_id, r.row_no
    FROM day_side AS r
    JOIN person_side AS w
        ON w.birth_date = r.birth_date AND left(w.number_given, 14) = left(r.number_given, 14)
    WHERE NOT (w.firm AND r.firm) AND number_near(w.number_given, r.number_given)
    UNION ALL
    -- name, and a near birth date, none, or the guardian
    SELECT w.person_id, r.row_no
    FROM name_side AS r
    JOIN person_side AS w ON w.name_key = r.name_key
    WHERE NOT (w.firm AND r.firm)
        AND (
            r.birth_date IS NULL OR w.birth_date IS NULL
            OR w.guardian_name_key = r.guardian_name_key
            OR date_near(w.birth_date, r.birth_date)
        )
    UNION ALL
    -- guardian and surname: name and birth date both slipped
    SELECT w.person_id, r.row_no
    FROM guardian_side AS r
    JOIN person_side AS w
        ON w.guardian_name_key = r.guardian_name_key
        AND left(w.name_key, 1) = left(r.name_key, 1)
        AND left(w.division, 9) = left(r.division, 9)
    WHERE NOT (w.firm AND r.firm)
    UNION ALL
    -- a slip in the first ten digits of the number
    SELECT w.person_id, r.row_no
    FROM (
        SELECT * FROM open_side
        WHERE id_number IS NULL AND number_given IS NOT NULL
    ) AS r
    JOIN person_side AS w ON right(w.number_given, 8) = right(r.number_given, 8)
    WHERE number_near(w.number_given, r.number_given)
    UNION ALL
    -- the same, where the slip is the registry's
    SELECT w.person_id, r.row_no
    FROM open_side AS r
    JOIN (SELECT * FROM person_side WHERE id_number IS NULL AND number_given IS NOT NULL) AS w
        ON right(w.number_given, 8) = right(r.number_given, 8)
    WHERE number_near(w.number_given, r.number_given)
) AS found_by
WHERE NOT EXISTS (
    SELECT 1 FROM pair AS p
    WHERE p.row_no = found_by.row_no AND p.person_id = found_by.person_id
);
