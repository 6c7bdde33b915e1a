-- reads: roll_row, who, night, parted_row, borne; writes: seeker, missed_row, told_row, near_row, rest
-- why: only rows whose number proves nothing can be anybody else: none, broken, without or with
--   another birth date, or the number of a person of another name. They are few; everything after this
--   works on them, and on good numbers that are nobody's where a person whose own proves nothing could be near
--   them by any block (blocks_wide.sql): name, birth date, guardian, most of a number; and on what bears their numbers.
CREATE OR REPLACE TABLE seeker AS
SELECT * FROM who WHERE NOT firm;

-- Nineteen rows of twenty are no one's question any more: one hash join leaves them out before anything
-- else is asked of a row. A parted row is asked about although its number and name agree.
CREATE OR REPLACE TABLE missed_row AS
SELECT r.* EXCLUDE (asked)
FROM (
    SELECT *, CASE WHEN NOT quarantined THEN id_number END AS asked FROM roll_row
) AS r
WHERE NOT EXISTS (SELECT 1 FROM who AS w WHERE w.id_number = r.asked AND w.name_key = r.name_key)
UNION ALL
SELECT r.*
FROM roll_row AS r
JOIN parted_row AS p ON p.table_name = r.table_name AND p.row_ref = r.row_ref
WHERE NOT r.quarantined
    AND EXISTS (SELECT 1 FROM who AS w WHERE w.id_number = r.id_number AND w.name_key = r.name_key);

-- A firm row has a good number that is nobody's; such a number knows the birth date better than the row.
CREATE OR REPLACE TABLE told_row AS
WITH read_row AS (
    SELECT
        r.*, n.grown_born_by,
        number_fits(r.id_number, r.birth_date, n.grown_born_by) AS fits,
        r.id_number IN (SELECT id_number FROM who WHERE id_number IS NOT NULL) AS owned
    FROM missed_row AS r
    CROSS JOIN night AS n
)
SELECT
    *, quarantined OR birth_date IS NULL OR NOT fits OR coalesce(owned, FALSE) AS loose
FROM read_row;

DROP TABLE missed_row;

CREATE OR REPLACE TABLE near_row AS
SELECT *
FROM told_row
WHERE loose
    OR name_key IN (SELECT name_key FROM seeker WHERE name_key IS NOT NULL)
    OR number_date(CASE WHEN NOT loose THEN id_number END)
        IN (SELECT birth_date FROM seeker WHERE birth_date IS NOT NULL)
    OR guardian_name_key IN (SELECT guardian_name_key FROM seeker WHERE guardian_name_key IS NOT NULL)
    OR right(id_number, 8) IN (SELECT right(number_given, 8) FROM seeker WHERE number_given IS NOT NULL)
    OR id_number IN (SELECT id_number FROM borne);

INSERT INTO near_row
SELECT * FROM told_row
WHERE id_number IN (SELECT id_number FROM near_row WHERE id_number IS NOT NULL)
    AND row_ref NOT IN (SELECT row_ref FROM near_row);

CREATE OR REPLACE TABLE rest AS
SELECT
    row_number() OVER () AS row_no,
    r.table_name, r.source, r.roll, r.row_key, r.row_ref, r.quarantined, r.current,
    NOT r.loose OR (r.quarantined AND r.birth_date IS NOT NULL AND r.fits) AS firm,
    r.name_key, r.id_number,
    number_read(r.id_number, r.id_given, r.id_state) AS number_given,
    CASE
        WHEN NOT r.loose THEN NULL
        WHEN length(r.id_given) = 19 AND r.id_given LIKE 'G%' THEN substr(r.id_given, 2)
        WHEN r.own_number LIKE 'G%' THEN substr(r.own_number, 2)
    END AS hint,
    CASE
        WHEN NOT r.loose AND number_digits(r.id_number) <> day_digits(r.birth_date)
            THEN number_date(r.id_number)
        WHEN NOT r.loose OR r.birth_date > r.grown_born_by THEN r.birth_date
        -- The date inside a student number or one made up at the counter; nothing else of it is used.
        WHEN r.birth_date IS NULL AND number_born(coalesce(r.own_number, r.id_given)) > r.grown_born_by
            THEN number_born(coalesce(r.own_number, r.id_given))
    END AS birth_date,
    r.sex, r.division, r.guardian_name_key, r.guardian_id, r.own_number, r.insured_division,
    CASE
        WHEN r.loose THEN face(r.name_key, r.id_given, r.birth_date, r.division) ELSE r.id_number
    END AS holder
FROM near_row AS r;

DROP TABLE told_row;

DROP TABLE near_row;
