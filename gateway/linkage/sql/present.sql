-- reads: roll_row, rest, link, who; writes: present
-- why: how likely a child is on a roll at all, by year of birth, as whole bits of odds: nearly every child of school
--   age is on the enrolment roll, hardly one of three years. Who was found by number tells it, and what share of the
--   roll's rows a number could find. Of fewer than $enough children of a year nothing is said; never more than 5 bits.
CREATE OR REPLACE TABLE present AS
WITH findable AS (
    SELECT t.table_name, t.source, 1 - coalesce(l.total, 0) / t.total AS share
    FROM (
        SELECT table_name, source, count(*) AS total FROM roll_row
        WHERE current AND NOT quarantined
        GROUP BY table_name, source
    ) AS t
    LEFT JOIN (
        SELECT table_name, source, count(*) AS total FROM rest
        WHERE current AND NOT quarantined AND NOT firm
        GROUP BY table_name, source
    ) AS l ON l.table_name = t.table_name AND l.source = t.source
    WHERE t.table_name <> 'child'
),
born AS (
    SELECT year(birth_date) AS born, count(*) AS total FROM who
    WHERE birth_date IS NOT NULL
    GROUP BY year(birth_date)
),
on_roll AS (
    SELECT l.table_name, l.source, year(w.birth_date) AS born, count(DISTINCT l.person_id) AS total
    FROM link AS l
    JOIN who AS w ON w.person_id = l.person_id
    WHERE l.current AND l.method <> 'base'
    GROUP BY l.table_name, l.source, year(w.birth_date)
),
shares AS (
    SELECT
        f.table_name, f.source, b.born,
        least(r.total / b.total / greatest(f.share, 0.5), 32.0 / 33) AS share
    FROM findable AS f
    JOIN on_roll AS r ON r.table_name = f.table_name AND r.source = f.source
    JOIN born AS b ON b.born = r.born
    WHERE b.total >= $enough
)
SELECT table_name, source, born, floor(log2(share / (1 - share)) + 0.001) AS bits
FROM shares
WHERE share > 2.0 / 3;
