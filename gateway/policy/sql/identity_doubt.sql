-- reads: person, link, undecided, registry_state, child, enrolment_row, coverage, coverage_row, assistance_member;
--   writes: identity_doubt
-- why: of whom it is not sure who it is, and by which row: a row that only an officer can give to a child or
--   refuse, one number on two people, another person's number or the guardian's on the child's own rows.
--   Rows that were set aside are not asked about: they are mended first (SRC-03).
--   Numbers are compared by their prints, which the facts keep: three million texts are not joined once more.
CREATE OR REPLACE TABLE identity_doubt AS
WITH numbered AS (
    SELECT
        person_id, CASE WHEN id_number IS NOT NULL THEN hash(id_number) END AS number_print,
        CAST(NULL AS UBIGINT) AS guardian_print, roll, row_key, row_ref
    FROM registry_state
    UNION ALL
    -- a second file of the child
    SELECT
        l.person_id, hash(r.id_number), CASE WHEN r.guardian_id IS NOT NULL THEN hash(r.guardian_id) END,
        l.roll, l.row_key, l.row_ref
    FROM link AS l
    JOIN person AS p ON p.person_id = l.person_id
    JOIN child AS r ON r.row_ref = l.row_ref
    WHERE l.table_name = 'child' AND l.current AND l.row_key <> p.base_row_key AND r.id_number IS NOT NULL
    UNION ALL
    SELECT person_id, number_print, guardian_print, roll, row_key, row_ref
    FROM enrolment_row
    UNION ALL
    SELECT person_id, number_print, CAST(NULL AS UBIGINT), roll, row_key, row_ref
    FROM coverage_row
    UNION ALL
    -- coverage that is not basic
    SELECT l.person_id, hash(r.id_number), CAST(NULL AS UBIGINT), l.roll, l.row_key, l.row_ref
    FROM link AS l
    JOIN coverage AS r ON r.row_ref = l.row_ref
    WHERE l.table_name = 'coverage' AND l.current AND r.id_number IS NOT NULL
        AND coalesce(r.scheme NOT IN ('310', '380', '390', '391'), TRUE)
    UNION ALL
    SELECT
        l.person_id, hash(r.id_number), CASE WHEN r.head_id IS NOT NULL THEN hash(r.head_id) END,
        l.roll, l.row_key, l.row_ref
    FROM link AS l
    JOIN assistance_member AS r ON r.row_ref = l.row_ref
    WHERE l.table_name = 'assistance_member' AND l.current AND r.id_number IS NOT NULL
),
known AS (
    SELECT
        p.person_id, CASE WHEN p.id_number IS NOT NULL THEN hash(p.id_number) END AS number_print,
        CASE WHEN c.guardian_id IS NOT NULL THEN hash(c.guardian_id) END AS guardian_print
    FROM person AS p
    LEFT JOIN registry_state AS c ON c.person_id = p.person_id
),
doubts AS (
    SELECT u.person_id, 'undecided_pair' AS doubt, u.roll, u.row_key, u.row_ref
    FROM undecided AS u
    WHERE NOT u.quarantined AND u.row_key IS NOT NULL
    UNION ALL
    -- two files of the registry, or members of households, under one number
    SELECT p.person_id, 'shared_number', p.base_roll, p.base_row_key, n.row_ref
    FROM person AS p
    JOIN (
        SELECT id_number FROM person
        WHERE id_number IS NOT NULL
        GROUP BY id_number HAVING count(*) > 1
    ) AS s ON s.id_number = p.id_number
    LEFT JOIN link AS n ON n.person_id = p.person_id AND n.method = 'base'
    UNION ALL
    -- a row that is the child's by everything but its number
    SELECT
        r.person_id,
        CASE
            WHEN r.number_print = r.guardian_print OR r.number_print = k.guardian_print THEN 'guardian_number'
            ELSE 'two_numbers'
        END,
        r.roll, r.row_key, r.row_ref
    FROM numbered AS r
    JOIN known AS k ON k.person_id = r.person_id
    WHERE r.number_print <> k.number_print
        OR r.number_print = r.guardian_print
        OR r.number_print = k.guardian_print
)
SELECT person_id, doubt, roll, row_key, row_ref
FROM (
    SELECT
        d.*,
        row_number() OVER (
            PARTITION BY d.person_id ORDER BY d.doubt DESC, d.roll, d.row_key, d.row_ref
        ) AS place
    FROM doubts AS d
) AS ordered
WHERE place = 1;
