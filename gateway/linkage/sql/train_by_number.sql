-- reads: rest, who; writes: candidate
-- why: pairs of one good number: what else agrees of them says how often names, birth dates, sexes and
--   homes are written otherwise. Nothing is learned here of numbers.
CREATE OR REPLACE TABLE candidate AS
SELECT DISTINCT w.person_id, r.row_no
FROM rest AS r
JOIN who AS w ON w.id_number = r.id_number;
