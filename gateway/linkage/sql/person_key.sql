-- reads: link, who, known_person; writes: person_key, person_merge, person_split
-- why: what the next night carries ids by. Rows of children who are not here tonight stay known.

-- The few rows that were known and tonight are nobody's or somebody else's.
CREATE OR REPLACE TABLE known_otherwise AS
SELECT k.person_id, k.source, k.roll, k.row_key, k.id_number, l.person_id AS now_id
FROM known_person AS k
LEFT JOIN (
    SELECT person_id, source, roll, row_key
    FROM link
    WHERE table_name IN ('child', 'assistance_member')
) AS l ON l.row_key = k.row_key AND l.source = k.source AND l.roll = k.roll
WHERE l.person_id IS DISTINCT FROM k.person_id;

-- Everybody's own row stands in `who` already; of `link` only the few other rows are joined to it.
CREATE OR REPLACE TABLE person_key AS
SELECT
    person_id, source, base_roll AS roll, base_row_key AS row_key,
    CASE WHEN firm THEN id_number END AS id_number
FROM who
UNION ALL
SELECT
    l.person_id, l.source, l.roll, l.row_key,
    CASE WHEN w.firm THEN w.id_number END
FROM link AS l
JOIN who AS w ON w.person_id = l.person_id
WHERE l.table_name IN ('child', 'assistance_member')
    AND NOT (l.method = 'base' AND l.explanation = 'own row')
UNION ALL
SELECT person_id, source, roll, row_key, id_number
FROM known_otherwise
WHERE now_id IS NULL;

-- Ids that stood for somebody who tonight is one with another person.
CREATE OR REPLACE TABLE person_merge AS
SELECT DISTINCT person_id, now_id AS into_id
FROM known_otherwise
WHERE now_id IS NOT NULL AND person_id NOT IN (SELECT person_id FROM who);

-- Rows that stood for one person and tonight are another's, while the first is still there.
CREATE OR REPLACE TABLE person_split AS
SELECT DISTINCT person_id, now_id AS other_id
FROM known_otherwise
WHERE now_id IS NOT NULL AND person_id IN (SELECT person_id FROM who);
