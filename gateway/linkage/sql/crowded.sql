-- reads: row_side, person_side; writes: crowded_name, crowded_day, crowded_guardian, crowded
-- why: a constant name, guardian or a default birth date must not pair everybody with everybody. A block of
--   more than $cap pairs pairs nobody; its rows are still compared through their other blocks. Counted over
--   all rows of a pass ($firm: those with good numbers), whoever is compared tonight.
INSERT INTO crowded_name
SELECT r.name_key, r.held_rows, $firm
FROM (
    SELECT name_key, count(*) AS held_rows FROM row_side
    WHERE name_key IS NOT NULL
    GROUP BY name_key HAVING count(*) > $few
) AS r
JOIN (
    SELECT name_key, count(*) AS persons FROM person_side
    WHERE name_key IN (SELECT name_key FROM row_side GROUP BY name_key HAVING count(*) > $few)
    GROUP BY name_key
) AS p ON p.name_key = r.name_key
WHERE r.held_rows * p.persons > $cap;

INSERT INTO crowded_day
SELECT r.birth_date, r.held_rows, $firm
FROM (
    SELECT birth_date, count(*) AS held_rows FROM row_side
    WHERE birth_date IS NOT NULL
    GROUP BY birth_date HAVING count(*) > $few
) AS r
JOIN (
    SELECT birth_date, count(*) AS persons FROM person_side
    WHERE birth_date IS NOT NULL
    GROUP BY birth_date HAVING count(*) > $few
) AS p ON p.birth_date = r.birth_date
WHERE r.held_rows * p.persons > $cap;

INSERT INTO crowded_guardian
SELECT r.guardian, r.held_rows, $firm
FROM (
    SELECT guardian, count(*) AS held_rows
    FROM (SELECT unnest([guardian_name_key, guardian_id]) AS guardian FROM row_side)
    WHERE guardian IS NOT NULL
    GROUP BY guardian HAVING count(*) > $few
) AS r
JOIN (
    SELECT guardian, count(*) AS persons
    FROM (SELECT unnest([guardian_name_key, guardian_id]) AS guardian FROM person_side)
    WHERE guardian IS NOT NULL
    GROUP BY guardian HAVING count(*) > $few
) AS p ON p.guardian = r.guardian
WHERE r.held_rows * p.persons > $cap;

INSERT INTO crowded
SELECT 'name', count(*), sum(held_rows) FROM crowded_name WHERE firm = $firm HAVING count(*) > 0
UNION ALL
SELECT 'birth_date', count(*), sum(held_rows) FROM crowded_day WHERE firm = $firm HAVING count(*) > 0
UNION ALL
SELECT 'guardian', count(*), sum(held_rows) FROM crowded_guardian WHERE firm = $firm HAVING count(*) > 0;
