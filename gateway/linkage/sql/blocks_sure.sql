-- reads: row_side, person_side, crowded_name, crowded_day, rest, roll_row, link; writes: candidate
-- why: blocks on what is whole in nineteen doubtful rows of twenty: a number, or name and birth date.
--   Two good numbers that differ are never compared (the veto).
INSERT INTO candidate
SELECT DISTINCT person_id, row_no
FROM (
    SELECT w.person_id, r.row_no
    FROM row_side AS r
    JOIN person_side AS w ON w.id_number = r.id_number
    UNION ALL
    -- the resident number inside a student number
    SELECT w.person_id, r.row_no
    FROM (SELECT row_no, hint FROM row_side WHERE hint IS NOT NULL) AS r
    JOIN person_side AS w ON w.id_number = r.hint
    UNION ALL
    -- name and birth date
    SELECT w.person_id, r.row_no
    FROM row_side AS r
    JOIN person_side AS w ON w.name_key = r.name_key AND w.birth_date = r.birth_date
    WHERE NOT (w.firm AND r.firm)
        AND NOT (
            r.name_key IN (SELECT name_key FROM crowded_name WHERE firm = $firm)
            AND r.birth_date IN (SELECT birth_date FROM crowded_day WHERE firm = $firm)
        )
    UNION ALL
    -- a former or pet name and birth date
    SELECT w.person_id, r.row_no
    FROM row_side AS r
    JOIN (
        SELECT person_id, birth_date, firm, unnest([former_name_key, pet_name_key]) AS name_key
        FROM person_side
        WHERE coalesce(former_name_key, pet_name_key) IS NOT NULL
    ) AS w ON w.name_key = r.name_key AND w.birth_date = r.birth_date
    WHERE NOT (w.firm AND r.firm)
) AS found_by;
