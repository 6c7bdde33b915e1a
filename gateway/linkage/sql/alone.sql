-- reads: standing, found, pair, rest, present; writes: found
-- why: who is left over finds what is left over. A row without a good number has one child that could be its own, of
--   near name and birth date; that child has no row of the roll, nor any other that could be its own; and most
--   children of its year are on that roll. Then the odds that this child is on the roll at all speak for the pair.
--   A name alone, another sex, two candidates, a row that was set aside: all these are asked about as ever.
INSERT INTO found
WITH open AS (
    SELECT s.* FROM standing AS s
    WHERE s.current AND NOT EXISTS (SELECT 1 FROM found AS f WHERE f.row_no = s.row_no)
),
ranked AS (
    SELECT
        o.*,
        row_number() OVER (PARTITION BY row_no ORDER BY score DESC, person_id) AS place,
        lead(person_id) OVER (PARTITION BY row_no ORDER BY score DESC, person_id) AS next_person,
        lead(score) OVER (PARTITION BY row_no ORDER BY score DESC, person_id) AS next_score
    FROM open AS o
    WHERE NOT quarantined
),
on_roll AS (
    SELECT p.person_id, p.table_name, p.source
    FROM found AS f
    JOIN pair AS p ON p.row_no = f.row_no AND p.person_id = f.person_id
    WHERE p.current
)
SELECT c.row_no, c.person_id, c.score + a.bits, c.next_person, c.next_score
FROM ranked AS c
JOIN rest AS r ON r.row_no = c.row_no
JOIN present AS a
    ON a.table_name = c.table_name AND a.source = c.source AND a.born = year(coalesce(r.birth_date, number_date(r.id_number)))
WHERE c.place = 1
    AND c.score + a.bits >= $link
    AND coalesce(c.score - c.next_score >= $margin, TRUE)
    AND NOT c.second_row
    AND r.hint IS NULL
    AND (
        (
            c.score < $link AND r.id_number IS NULL
            AND c.number IN ('unknown', 'differs')
            AND c.name IN ('same', 'former', 'sound', 'shape', 'one_character', 'dropped', 'given')
            AND c.birth_date NOT IN ('unknown', 'differs')
        )
        -- Another given name on a row that has the child's number, surname and village, and no birth date: the
        -- guard fears a brother's or sister's row, but then this child would be the one of its year who is absent.
        OR (
            c.number = 'same' AND c.name = 'surname' AND c.birth_date = 'unknown' AND c.sex = 'same'
            AND c.household IN ('guardian_number', 'guardian_name', 'address', 'village')
            AND NOT EXISTS (
                SELECT 1 FROM pair AS o
                WHERE o.row_no = c.row_no AND o.person_id <> c.person_id
                    AND o.name IN ('same', 'former', 'sound', 'shape')
            )
        )
    )
    AND c.sex <> 'differs'
    AND NOT EXISTS (
        SELECT 1 FROM on_roll AS t
        WHERE t.person_id = c.person_id AND t.table_name = c.table_name AND t.source = c.source
    )
    AND NOT EXISTS (
        SELECT 1 FROM open AS o
        WHERE o.person_id = c.person_id AND o.table_name = c.table_name AND o.source = c.source
            AND o.row_no <> c.row_no AND o.score > c.score - $margin
    );
