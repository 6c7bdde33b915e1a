-- reads: subject, person, link, undecided, child, enrolment, coverage, assistance_member; writes: nothing
-- why: a child of whom it is not sure who it is: a row that only an officer can give to it or refuse, one
--   number on two people, another person's number or the guardian's on the child's own rows. Rows that
--   were set aside are not asked about: they are mended first (SRC-03).
WITH numbered AS (
    SELECT 'child' AS table_name, row_ref, row_key, roll, id_number, guardian_id FROM child
    UNION ALL
    SELECT 'enrolment', row_ref, row_key, roll, id_number, guardian_id FROM enrolment
    UNION ALL
    SELECT 'coverage', row_ref, row_key, roll, id_number, CAST(NULL AS VARCHAR) FROM coverage
    UNION ALL
    SELECT 'assistance_member', row_ref, row_key, roll, id_number, head_id FROM assistance_member
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
        l.person_id,
        CASE
            WHEN r.id_number = r.guardian_id OR r.id_number = c.guardian_id THEN 'guardian_number'
            ELSE 'two_numbers'
        END,
        l.roll, l.row_key, l.row_ref
    FROM link AS l
    JOIN numbered AS r ON r.row_ref = l.row_ref AND r.table_name = l.table_name
    JOIN person AS p ON p.person_id = l.person_id
    LEFT JOIN child AS c
        ON c.row_key = p.base_row_key AND c.source = p.source AND c.roll = p.base_roll
    WHERE l.current
        AND r.id_number IS NOT NULL
        AND (
            r.id_number <> p.id_number
            OR r.id_number = r.guardian_id
            OR r.id_number = c.guardian_id
        )
),
first_doubt AS (
    SELECT *
    FROM (
        SELECT
            d.*,
            row_number() OVER (
                PARTITION BY d.person_id ORDER BY d.doubt DESC, d.roll, d.row_key, d.row_ref
            ) AS place
        FROM doubts AS d
    ) AS ordered
    WHERE place = 1
)
SELECT
    s.person_id,
    CAST(NULL AS VARCHAR) AS not_applicable,
    CAST(NULL AS VARCHAR) AS elsewhere,
    CASE WHEN d.person_id IS NULL THEN 'nothing_doubtful' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    d.doubt AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    DATE '1900-01-01' AS episode,
    d.roll AS evidence_roll,
    d.row_key AS evidence_row_key,
    d.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN first_doubt AS d ON d.person_id = s.person_id;
