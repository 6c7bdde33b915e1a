-- reads: person, link, undecided, enrolment, coverage, child, assistance_member, outcome, answer_ground;
--   writes: answer
-- why: one letter a child and question, for who asks between nights: y yes, n no, a ambiguous, h held,
--   o out of coverage. Only a row that is surely the child's says yes; silence says no only in a verified
--   roll that sees far enough; whoever is sealed has no row at all. What is known of a child is gathered
--   as bits, four a question: 1 a sure row says yes, 2 a row that is probably theirs, 4 a row in quarantine
--   or not asked about, 8 an undecided pair.
CREATE OR REPLACE TABLE answer AS
WITH heard AS (
    SELECT
        l.person_id,
        CASE
            WHEN l.method = 'score' THEN 2
            WHEN l.method <> 'score' AND e.status_class = 'enrolled' THEN 1
            ELSE 0
        END AS bits,
        CAST(NULL AS VARCHAR) AS guardian
    FROM link AS l
    JOIN enrolment AS e ON e.row_key = l.row_key AND e.source = l.source AND e.roll = l.roll
    WHERE l.table_name = 'enrolment' AND l.current
    UNION ALL
    SELECT
        l.person_id,
        CASE
            WHEN l.method = 'score' THEN 32
            WHEN l.method <> 'score' AND c.status = '1' AND coalesce(c.started_on <= $as_of, TRUE)
                AND c.scheme IN ('310', '380', '390', '391') THEN 16
            ELSE 0
        END,
        NULL
    FROM link AS l
    JOIN coverage AS c ON c.row_key = l.row_key AND c.source = l.source AND c.roll = l.roll
    WHERE l.table_name = 'coverage' AND l.current
    UNION ALL
    SELECT
        l.person_id,
        CASE
            WHEN l.method = 'score' THEN 512
            WHEN l.method <> 'score'
                AND coalesce(c.last_paid_month >= strftime(CAST($last_closed_month AS DATE), '%Y-%m'), FALSE)
                AND coalesce(c.exit_on > $as_of, TRUE) THEN 256
            ELSE 0
        END,
        c.guardian_name_key
    FROM link AS l
    JOIN child AS c ON c.row_key = l.row_key AND c.source = l.source AND c.roll = l.roll
    WHERE l.table_name = 'child' AND l.current
    UNION ALL
    SELECT l.person_id, 0, m.head_name_key
    FROM link AS l
    JOIN assistance_member AS m ON m.row_key = l.row_key AND m.source = l.source AND m.roll = l.roll
    WHERE l.table_name = 'assistance_member' AND l.current
    UNION ALL
    SELECT
        person_id,
        CASE WHEN quarantined OR coalesce(why, '') = 'not_asked' THEN 4 ELSE 8 END
            * CASE table_name WHEN 'enrolment' THEN 1 WHEN 'coverage' THEN 16 ELSE 256 END,
        NULL
    FROM undecided
    WHERE table_name IN ('enrolment', 'coverage', 'child')
    UNION ALL
    -- A member of a household who may be a registered child is in doubt on the registry too.
    SELECT
        p.person_id,
        CASE WHEN u.quarantined OR coalesce(u.why, '') = 'not_asked' THEN 1024 ELSE 2048 END,
        NULL
    FROM undecided AS u
    JOIN person AS p
        ON p.base_row_key = u.row_key AND p.source = u.source AND p.base_roll = u.roll
    WHERE u.table_name = 'assistance_member'
),
known AS (
    SELECT person_id, bit_or(bits) AS bits, min(guardian) AS guardian
    FROM heard
    GROUP BY person_id
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
-- 0 nothing verified, 1 verified but not far enough for a no, 2 verified and far enough.
ground AS (
    SELECT
        county,
        max(CASE WHEN question = 'in_school' THEN level END) AS in_school,
        max(CASE WHEN question = 'insured' THEN level END) AS insured,
        max(CASE WHEN question = 'receives_benefit' THEN level END) AS receives_benefit
    FROM (
        SELECT
            question, county,
            CASE WHEN NOT verified THEN 0 WHEN NOT sees_enough THEN 1 ELSE 2 END AS level
        FROM answer_ground
    ) AS one
    GROUP BY county
),
gathered AS (
    SELECT
        p.person_id, p.id_number, p.name_key, p.birth_date, k.guardian, p.division,
        coalesce(k.bits, 0) AS bits,
        CASE WHEN p.death_reported THEN 0 ELSE coalesce(g.in_school, 0) END AS in_school,
        CASE WHEN p.death_reported THEN 0 ELSE coalesce(g.insured, 0) END AS insured,
        CASE WHEN p.death_reported THEN 0 ELSE coalesce(g.receives_benefit, 0) END AS receives_benefit
    FROM person AS p
    LEFT JOIN known AS k ON k.person_id = p.person_id
    LEFT JOIN ground AS g ON g.county = coalesce(left(p.division, 6), '')
    LEFT JOIN sealed AS s ON s.person_id = p.person_id
    WHERE s.person_id IS NULL AND coalesce(p.birth_date > $adult_born_by, TRUE)
)
SELECT
    person_id, id_number, name_key, birth_date, guardian,
    coalesce(division, '') AS division,
    CASE
        WHEN in_school = 0 THEN 'h'
        WHEN (bits & 1) <> 0 THEN 'y'
        WHEN (bits & 10) <> 0 THEN 'a'
        WHEN (bits & 4) <> 0 THEN 'h'
        WHEN in_school = 1 THEN 'o'
        ELSE 'n'
    END || CASE
        WHEN insured = 0 THEN 'h'
        WHEN (bits & 16) <> 0 THEN 'y'
        WHEN (bits & 160) <> 0 THEN 'a'
        WHEN (bits & 64) <> 0 THEN 'h'
        WHEN insured = 1 THEN 'o'
        ELSE 'n'
    END || CASE
        WHEN receives_benefit = 0 THEN 'h'
        WHEN (bits & 256) <> 0 THEN 'y'
        WHEN (bits & 2560) <> 0 THEN 'a'
        WHEN (bits & 1024) <> 0 THEN 'h'
        WHEN receives_benefit = 1 THEN 'o'
        ELSE 'n'
    END AS said
FROM gathered;
