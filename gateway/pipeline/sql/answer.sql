-- reads: person, link, undecided, enrolment, coverage, child, assistance_member, outcome, answer_ground;
--   writes: answer
-- why: one letter a child and question, for who asks between nights: y yes, n no, a ambiguous, h held,
--   o out of coverage. Only a row that is surely the child's says yes; silence says no only in a verified
--   roll that sees far enough; whoever is sealed has no row at all.
CREATE OR REPLACE TABLE answer AS
WITH spoken AS (
    SELECT l.person_id, 'in_school' AS question, l.method <> 'score' AS sure, e.status_class = 'enrolled' AS yes
    FROM link AS l
    JOIN enrolment AS e ON e.row_key = l.row_key AND e.source = l.source AND e.roll = l.roll
    WHERE l.table_name = 'enrolment' AND l.current
    UNION ALL
    SELECT
        l.person_id, 'insured', l.method <> 'score',
        c.status = '1' AND coalesce(c.started_on <= $as_of, TRUE)
            AND c.scheme IN ('310', '380', '390', '391')
    FROM link AS l
    JOIN coverage AS c ON c.row_key = l.row_key AND c.source = l.source AND c.roll = l.roll
    WHERE l.table_name = 'coverage' AND l.current
    UNION ALL
    SELECT
        l.person_id, 'receives_benefit', l.method <> 'score',
        coalesce(c.last_paid_month >= strftime(CAST($last_closed_month AS DATE), '%Y-%m'), FALSE)
            AND coalesce(c.exit_on > $as_of, TRUE)
    FROM link AS l
    JOIN child AS c ON c.row_key = l.row_key AND c.source = l.source AND c.roll = l.roll
    WHERE l.table_name = 'child' AND l.current
),
by_row AS (
    SELECT
        person_id, question,
        bool_or(sure AND coalesce(yes, FALSE)) AS yes,
        bool_or(NOT sure) AS probable
    FROM spoken
    GROUP BY person_id, question
),
-- A member of a household who may be a registered child is in doubt on the registry too.
open_row AS (
    SELECT
        person_id,
        CASE table_name
            WHEN 'enrolment' THEN 'in_school' WHEN 'coverage' THEN 'insured' ELSE 'receives_benefit'
        END AS question,
        quarantined, why
    FROM undecided
    WHERE table_name IN ('enrolment', 'coverage', 'child')
    UNION ALL
    SELECT p.person_id, 'receives_benefit', u.quarantined, u.why
    FROM undecided AS u
    JOIN person AS p
        ON p.base_row_key = u.row_key AND p.source = u.source AND p.base_roll = u.roll
    WHERE u.table_name = 'assistance_member'
),
doubted AS (
    SELECT
        person_id, question,
        bool_or(quarantined OR coalesce(why, '') = 'not_asked') AS held,
        bool_or(NOT quarantined AND coalesce(why, '') <> 'not_asked') AS pair
    FROM open_row
    GROUP BY person_id, question
),
sealed AS (
    SELECT l.person_id
    FROM link AS l
    JOIN child AS c ON c.row_key = l.row_key AND c.source = l.source AND c.roll = l.roll
    WHERE l.table_name = 'child' AND c.category IN ('501', '502', '503', '504', '505')
    UNION
    SELECT person_id
    FROM outcome
    WHERE access <> 'ordinary' AND kind = 'fires' AND person_id IS NOT NULL
),
guarded AS (
    SELECT person_id, min(guardian_name_key) AS guardian
    FROM (
        SELECT l.person_id, c.guardian_name_key
        FROM link AS l
        JOIN child AS c ON c.row_key = l.row_key AND c.source = l.source AND c.roll = l.roll
        WHERE l.table_name = 'child' AND l.current
        UNION ALL
        SELECT l.person_id, m.head_name_key
        FROM link AS l
        JOIN assistance_member AS m
            ON m.row_key = l.row_key AND m.source = l.source AND m.roll = l.roll
        WHERE l.table_name = 'assistance_member' AND l.current
    ) AS named
    GROUP BY person_id
),
judged AS (
    SELECT
        p.person_id, g.question,
        CASE
            WHEN NOT g.verified OR p.death_reported THEN 'h'
            WHEN coalesce(r.yes, FALSE) THEN 'y'
            WHEN coalesce(r.probable, FALSE) OR coalesce(d.pair, FALSE) THEN 'a'
            WHEN coalesce(d.held, FALSE) THEN 'h'
            WHEN NOT g.sees_enough THEN 'o'
            ELSE 'n'
        END AS said
    FROM person AS p
    JOIN answer_ground AS g ON g.county = coalesce(left(p.division, 6), '')
    LEFT JOIN by_row AS r ON r.person_id = p.person_id AND r.question = g.question
    LEFT JOIN doubted AS d ON d.person_id = p.person_id AND d.question = g.question
)
SELECT
    p.person_id,
    CASE WHEN p.id_number IS NOT NULL
        THEN hmac_hex($index_key, 'answer:number|' || p.id_number) END AS number_token,
    CASE WHEN p.name_key IS NOT NULL AND p.birth_date IS NOT NULL AND q.guardian IS NOT NULL
        THEN hmac_hex($index_key, 'answer:named|' || p.name_key || '|'
            || CAST(p.birth_date AS VARCHAR) || '|' || q.guardian) END AS named_token,
    coalesce(p.division, '') AS division,
    coalesce(max(CASE WHEN j.question = 'in_school' THEN j.said END), 'h')
        || coalesce(max(CASE WHEN j.question = 'insured' THEN j.said END), 'h')
        || coalesce(max(CASE WHEN j.question = 'receives_benefit' THEN j.said END), 'h') AS said
FROM person AS p
LEFT JOIN judged AS j ON j.person_id = p.person_id
LEFT JOIN guarded AS q ON q.person_id = p.person_id
LEFT JOIN sealed AS s ON s.person_id = p.person_id
WHERE s.person_id IS NULL AND coalesce(p.birth_date > $adult_born_by, TRUE)
GROUP BY p.person_id, p.id_number, p.name_key, p.birth_date, q.guardian, p.division;
