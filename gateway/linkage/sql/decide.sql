-- reads: pair, taken, found; writes: taken, standing, found
-- why: a row goes to the person who stands highest for it, high enough and far enough above the next; and
--   of a roll a child has one row, so who has one already stands lower for every other.
INSERT INTO taken
SELECT DISTINCT p.person_id, p.table_name, p.source
FROM found AS f
JOIN pair AS p ON p.row_no = f.row_no AND p.person_id = f.person_id
WHERE p.current
    AND NOT EXISTS (
        SELECT 1 FROM taken AS t
        WHERE t.person_id = p.person_id AND t.table_name = p.table_name AND t.source = p.source
    );

CREATE OR REPLACE TABLE standing AS
SELECT
    p.person_id, p.row_no, p.table_name, p.source, p.holder, p.quarantined, p.current,
    p.number, p.name, p.birth_date, p.sex, p.household, p.school, t.person_id IS NOT NULL AND p.current AS second_row,
    p.score
        + CASE WHEN t.person_id IS NOT NULL AND p.current AND p.number <> 'own' THEN $taken_row ELSE 0 END
        AS score
FROM pair AS p
LEFT JOIN taken AS t
    ON t.person_id = p.person_id AND t.table_name = p.table_name AND t.source = p.source
WHERE NOT EXISTS (SELECT 1 FROM found AS f WHERE f.row_no = p.row_no);

INSERT INTO found
WITH ranked AS (
    SELECT
        s.*,
        row_number() OVER (PARTITION BY row_no ORDER BY score DESC, person_id) AS place,
        lead(person_id) OVER (PARTITION BY row_no ORDER BY score DESC, person_id) AS next_person,
        lead(score) OVER (PARTITION BY row_no ORDER BY score DESC, person_id) AS next_score
    FROM standing AS s
    WHERE NOT quarantined
),
chosen AS (
    SELECT * FROM ranked
    WHERE place = 1 AND score >= $link AND coalesce(score - next_score >= $margin, TRUE)
),
-- The best row of every other holder that stands for the same person.
rival AS (
    SELECT
        person_id, table_name, source, holder, max(score) AS score,
        row_number() OVER (
            PARTITION BY person_id, table_name, source ORDER BY max(score) DESC, holder
        ) AS place
    FROM ranked
    WHERE place = 1 AND current
    GROUP BY person_id, table_name, source, holder
)
SELECT c.row_no, c.person_id, c.score, c.next_person, c.next_score
FROM chosen AS c
LEFT JOIN rival AS first
    ON first.person_id = c.person_id AND first.table_name = c.table_name
    AND first.source = c.source AND first.place = 1
LEFT JOIN rival AS second
    ON second.person_id = c.person_id AND second.table_name = c.table_name
    AND second.source = c.source AND second.place = 2
WHERE (
        NOT c.current
        -- Sure even as a second row: a pupil who changed schools stands in both for a while.
        OR c.score + CASE WHEN c.second_row THEN 0 ELSE $second_row END >= $link + $margin
        OR (c.holder = first.holder AND coalesce(first.score - second.score >= $margin, TRUE))
    )
    -- The guard: name or birth date must speak; and under another name the sex must not speak against it, but
    -- where a character is left out: twins differ in one, and none is called by a part of the other's name.
    AND (
        c.name IN ('same', 'former', 'sound', 'shape', 'spelling', 'turned')
        OR (c.name = 'dropped' AND c.birth_date = 'same' AND c.number = 'same')
        OR (
            c.sex <> 'differs'
            AND (
                c.birth_date NOT IN ('unknown', 'differs')
                OR (
                    c.birth_date = 'unknown'
                    AND c.name IN ('one_character', 'dropped', 'given', 'part_missing')
                )
            )
        )
    )
    -- A slip in a number without check digit speaks under one name only: school numbers of twins in two classes
    -- differ in one digit.
    AND NOT (
        c.number = 'paper_near'
        AND c.name NOT IN ('same', 'former', 'sound', 'shape', 'spelling', 'turned')
    )
    -- A name alone is nobody: something else of the child must agree.
    AND NOT (
        c.birth_date = 'unknown' AND c.number IN ('unknown', 'differs', 'other') AND c.school <> 'same'
        AND c.household IN (
            'unknown', 'county', 'county_other_guardian', 'town_other_guardian', 'other_guardian',
            'insured_county', 'elsewhere', 'differs'
        )
    )
    -- Nobody is dead by likeness: a number says so, or an officer.
    AND (c.table_name <> 'death' OR c.number IN ('same', 'student'))
    -- A second row of another name is more likely a brother's or sister's with this child's number.
    AND NOT (c.second_row AND c.number <> 'own' AND c.name NOT IN ('same', 'sound', 'shape', 'spelling', 'turned', 'unknown'))
    -- A number under another name, while somebody else of that home, as far as is told, bears the row's name
    -- and birth date: for both in doubt (twins, one with the other's number).
    AND NOT (
        c.number IN ('same', 'borrowed', 'near', 'paper', 'paper_near')
        AND c.name IN (
            'given', 'surname', 'differs', 'one_character', 'dropped', 'unknown',
            'spelling', 'letters', 'part_missing', 'part'
        )
        AND EXISTS (
            SELECT 1 FROM standing AS o
            WHERE o.row_no = c.row_no AND o.person_id <> c.person_id
                AND o.name = 'same' AND o.birth_date = 'same'
                -- A number without check digit is no proof against a twin who moved.
                AND (
                    c.number IN ('paper', 'paper_near')
                    OR o.household NOT IN ('insured_county', 'elsewhere', 'differs')
                )
        )
    );
