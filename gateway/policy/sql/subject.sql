-- reads: person, assistance_state; writes: subject
-- why: one narrow row a person, with the dates that every rule asks for, computed once.
CREATE OR REPLACE TABLE subject AS
SELECT
    p.person_id,
    p.division,
    coalesce(left(p.division, 6), '') AS county,
    p.registered,
    (a.person_id IS NOT NULL OR NOT p.registered)
        AND NOT coalesce(p.birth_date <= $adult_born_by, FALSE) AS assisted,
    coalesce(p.death_reported, FALSE) AS death_reported,
    p.birth_date,
    coalesce(p.birth_date <= $adult_born_by, FALSE) AS adult,
    year(p.birth_date) + $entry_age
        + CASE WHEN month(p.birth_date) >= 9 THEN 1 ELSE 0 END AS entry_year
FROM person AS p
LEFT JOIN assistance_state AS a ON a.person_id = p.person_id;
