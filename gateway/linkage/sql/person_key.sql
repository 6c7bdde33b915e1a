-- reads: link, who, known_person; writes: person_key, person_merge, person_split
-- why: what the next night carries ids by. Rows of children who are not here tonight stay known.
CREATE OR REPLACE TABLE person_key AS
SELECT
    l.person_id, l.source, l.roll, l.row_key,
    CASE WHEN w.firm THEN w.id_number END AS id_number
FROM link AS l
JOIN who AS w ON w.person_id = l.person_id
WHERE l.table_name IN ('child', 'assistance_member')
UNION ALL
SELECT k.person_id, k.source, k.roll, k.row_key, k.id_number
FROM known_person AS k
WHERE NOT EXISTS (
    SELECT 1 FROM link AS l
    WHERE l.table_name IN ('child', 'assistance_member')
        AND l.row_key = k.row_key AND l.source = k.source AND l.roll = k.roll
);

-- Ids that stood for somebody who tonight is one with another person.
CREATE OR REPLACE TABLE person_merge AS
SELECT DISTINCT k.person_id, l.person_id AS into_id
FROM known_person AS k
JOIN link AS l
    ON l.row_key = k.row_key AND l.source = k.source AND l.roll = k.roll
    AND l.table_name IN ('child', 'assistance_member')
WHERE l.person_id <> k.person_id
    AND NOT EXISTS (SELECT 1 FROM who AS w WHERE w.person_id = k.person_id);

-- Rows that stood for one person and tonight are another's, while the first is still there.
CREATE OR REPLACE TABLE person_split AS
SELECT DISTINCT k.person_id, l.person_id AS other_id
FROM known_person AS k
JOIN link AS l
    ON l.row_key = k.row_key AND l.source = k.source AND l.roll = k.roll
    AND l.table_name IN ('child', 'assistance_member')
WHERE l.person_id <> k.person_id
    AND EXISTS (SELECT 1 FROM who AS w WHERE w.person_id = k.person_id);
