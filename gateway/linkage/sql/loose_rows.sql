-- reads: roll_row, who, night, parted_row; writes: seeker, missed_row, unlinked, rest
-- why: only rows whose number proves nothing can be anybody else: none, broken, without or with
--   another birth date, or the number of a person of another name. They are few; everything after this
--   works on them, and on good numbers that are nobody's where a person without a good one is like them.
CREATE OR REPLACE TABLE seeker AS
SELECT * FROM who WHERE NOT firm;

-- Nineteen rows of twenty are no one's question any more: one hash join leaves them out before anything
-- else is asked of a row. A parted row is asked about although its number and name agree.
CREATE OR REPLACE TABLE missed_row AS
SELECT r.*
FROM roll_row AS r
WHERE NOT EXISTS (
    SELECT 1 FROM who AS w
    WHERE w.id_number = CASE WHEN NOT r.quarantined THEN r.id_number END AND w.name_key = r.name_key
)
UNION ALL
SELECT r.*
FROM roll_row AS r
JOIN parted_row AS p ON p.table_name = r.table_name AND p.row_ref = r.row_ref
WHERE NOT r.quarantined
    AND EXISTS (SELECT 1 FROM who AS w WHERE w.id_number = r.id_number AND w.name_key = r.name_key);

CREATE OR REPLACE TABLE unlinked AS
WITH found_by AS (
    SELECT
        r.*,
        number_fits(r.id_number, r.birth_date, n.grown_born_by) AS fits,
        r.id_number IN (SELECT id_number FROM who WHERE id_number IS NOT NULL) AS owned
    FROM missed_row AS r
    CROSS JOIN night AS n
)
SELECT f.*, f.quarantined OR f.birth_date IS NULL OR NOT f.fits OR coalesce(f.owned, FALSE) AS loose
FROM found_by AS f
WHERE f.quarantined OR f.birth_date IS NULL OR NOT f.fits OR coalesce(f.owned, FALSE)
    OR f.name_key IN (SELECT name_key FROM seeker WHERE name_key IS NOT NULL)
    OR f.birth_date IN (SELECT birth_date FROM seeker WHERE birth_date IS NOT NULL);

CREATE OR REPLACE TABLE rest AS
SELECT
    row_number() OVER () AS row_no,
    r.table_name, r.source, r.roll, r.row_key, r.row_ref, r.quarantined, r.current,
    r.quarantined AND r.birth_date IS NOT NULL AND r.fits AS firm,
    r.name_key, r.id_number,
    number_read(r.id_number, r.id_given, r.id_state) AS number_given,
    CASE
        WHEN length(r.id_given) = 19 AND r.id_given LIKE 'G%' THEN substr(r.id_given, 2)
        WHEN r.own_number LIKE 'G%' THEN substr(r.own_number, 2)
    END AS hint,
    CASE
        WHEN r.birth_date > n.grown_born_by THEN r.birth_date
        -- The date inside a student number or one made up at the counter; nothing else of it is used.
        WHEN r.birth_date IS NULL AND number_born(coalesce(r.own_number, r.id_given)) > n.grown_born_by
            THEN number_born(coalesce(r.own_number, r.id_given))
    END AS birth_date,
    r.sex, r.division, r.guardian_name_key, r.guardian_id, r.own_number,
    face(r.name_key, r.id_given, r.birth_date, r.division) AS holder
FROM unlinked AS r
CROSS JOIN night AS n
WHERE r.loose;

DROP TABLE missed_row;
