-- reads: rest, who; writes: candidate
-- why: pairs of one name and birth date: what else agrees of them says how often numbers, sexes and homes
--   are written otherwise. A name on too many persons of a day would pair everybody with everybody.
CREATE OR REPLACE TABLE candidate AS
SELECT DISTINCT w.person_id, r.row_no
FROM rest AS r
JOIN (
    SELECT person_id, name_key, birth_date, count(*) OVER (PARTITION BY name_key, birth_date) AS bearers
    FROM who
) AS w ON w.name_key = r.name_key AND w.birth_date = r.birth_date
WHERE w.bearers <= $few;
