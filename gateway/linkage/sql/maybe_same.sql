-- reads: undecided, who, link; writes: maybe_same, twin_link, undecided
-- why: a household member who may be a registered child is in doubt wherever that child has a row, and
--   on the registry itself; and the other way round. So are two persons whom one row names, one by
--   its number and the other by its name and birth date.
CREATE OR REPLACE TABLE maybe_same AS
SELECT DISTINCT u.person_id AS one, w.person_id AS other
FROM undecided AS u
JOIN who AS w
    ON w.base_row_key = u.row_key AND w.source = u.source AND w.base_roll = u.roll
WHERE u.table_name = 'assistance_member' AND NOT w.registered
UNION
SELECT a.person_id, b.person_id
FROM undecided AS a
JOIN undecided AS b ON b.row_ref = a.row_ref AND b.table_name = a.table_name
JOIN who AS one ON one.person_id = a.person_id
JOIN who AS other ON other.person_id = b.person_id
WHERE one.registered AND NOT other.registered
    AND NOT (one.firm AND other.firm)
    AND (a.why LIKE '%number=same%' OR a.why LIKE '%number=borrowed%')
    AND a.why NOT LIKE '%name=differs%birth_date=differs%'
    AND b.why LIKE '%name=same%birth_date=same%';

INSERT INTO undecided
SELECT m.other, w.source, w.base_roll, 'child', w.base_row_key, w.row_ref, FALSE, 'same child?',
    NULL
FROM maybe_same AS m
JOIN who AS w ON w.person_id = m.one;

-- Of the few that it is about; `link` is large.
CREATE OR REPLACE TABLE twin_link AS
SELECT *
FROM link
WHERE current
    AND table_name NOT IN ('child', 'assistance_member')
    AND person_id IN (SELECT one FROM maybe_same UNION ALL SELECT other FROM maybe_same);

INSERT INTO undecided
SELECT m.person_id, l.source, l.roll, l.table_name, l.row_key, l.row_ref, FALSE, 'same child?',
    NULL
FROM (
    SELECT one AS person_id, other AS twin FROM maybe_same
    UNION ALL
    SELECT other, one FROM maybe_same
) AS m
JOIN twin_link AS l ON l.person_id = m.twin
WHERE NOT EXISTS (
    SELECT 1 FROM twin_link AS o WHERE o.person_id = m.person_id AND o.table_name = l.table_name
);
