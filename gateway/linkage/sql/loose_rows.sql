-- reads: roll_row, who, night; writes: rest, seeker
-- why: only rows whose number proves nothing can be anybody else: none, broken, without or with
--   another birth date, or the number of a person of another name. They are few; everything after this works on them.
CREATE OR REPLACE TABLE contested AS
SELECT DISTINCT r.*
FROM roll_row AS r
JOIN who AS w ON w.id_number = r.id_number
WHERE NOT r.quarantined AND coalesce(w.name_key <> r.name_key, TRUE);

CREATE OR REPLACE TABLE loose AS
SELECT r.*
FROM roll_row AS r
CROSS JOIN night AS n
WHERE (r.quarantined OR r.birth_date IS NULL
        OR NOT number_fits(r.id_number, r.birth_date, n.grown_born_by))
    AND (r.quarantined OR NOT EXISTS (SELECT 1 FROM who AS w WHERE w.id_number = r.id_number))
UNION ALL
SELECT c.*
FROM contested AS c
WHERE NOT EXISTS (
    SELECT 1 FROM who AS w WHERE w.id_number = c.id_number AND w.name_key = c.name_key
);

CREATE OR REPLACE TABLE rest AS
SELECT
    r.table_name, r.source, r.roll, r.row_key, r.row_ref, r.quarantined, r.current,
    coalesce(
        r.quarantined AND r.birth_date IS NOT NULL
        AND number_fits(r.id_number, r.birth_date, n.grown_born_by), FALSE
    ) AS firm,
    r.name_key, r.id_number,
    CASE
        WHEN r.id_number IS NOT NULL THEN r.id_number
        WHEN r.id_state IN ('temporary', 'student_number', 'missing') THEN NULL
        ELSE r.id_given
    END AS number_given,
    CASE
        WHEN length(r.id_given) = 19 AND r.id_given LIKE 'G%' THEN substr(r.id_given, 2)
        WHEN r.own_number LIKE 'G%' THEN substr(r.own_number, 2)
    END AS hint,
    CASE WHEN r.birth_date > n.grown_born_by THEN r.birth_date END AS birth_date,
    r.sex, r.division, r.guardian_name_key, r.guardian_id, r.own_number
FROM loose AS r
CROSS JOIN night AS n;

DROP TABLE loose;
DROP TABLE contested;

CREATE OR REPLACE TABLE seeker AS
SELECT * FROM who WHERE NOT firm;
