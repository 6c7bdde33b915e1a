-- reads: truth, person, link, undecided, child, enrolment, coverage, assistance_member, quarantine; writes: uid_of, true_pair, found_pair, presence
-- why: what a night said, held against who everybody is.
CREATE OR REPLACE TABLE uid_of AS
SELECT child AS uid, CASE roll WHEN 'registry' THEN 'child' WHEN 'assistance' THEN 'assistance_member' ELSE roll END AS table_name, row_key
FROM truth;

CREATE OR REPLACE TABLE person_uid AS
SELECT p.person_id, p.registered, u.uid
FROM person AS p
LEFT JOIN uid_of AS u
    ON u.row_key = p.base_row_key
    AND u.table_name = CASE WHEN p.registered THEN 'child' ELSE 'assistance_member' END;

CREATE OR REPLACE TABLE roll_uid AS
SELECT 'enrolment' AS table_name, e.row_key, e.row_ref, u.uid
FROM enrolment AS e LEFT JOIN uid_of AS u ON u.row_key = e.row_key AND u.table_name = 'enrolment'
UNION ALL
SELECT 'coverage', c.row_key, c.row_ref, u.uid
FROM coverage AS c LEFT JOIN uid_of AS u ON u.row_key = c.row_key AND u.table_name = 'coverage'
UNION ALL
SELECT 'assistance_member', m.row_key, m.row_ref, u.uid
FROM assistance_member AS m
LEFT JOIN uid_of AS u ON u.row_key = m.row_key AND u.table_name = 'assistance_member';

CREATE OR REPLACE TABLE true_pair AS
SELECT p.person_id, p.registered, r.table_name, r.row_key, r.row_ref, r.uid
FROM roll_uid AS r
JOIN person_uid AS p ON p.uid = r.uid
WHERE p.registered OR r.table_name <> 'assistance_member';

CREATE OR REPLACE TABLE found_pair AS
SELECT
    l.person_id, l.table_name, l.row_key, l.row_ref, l.method, l.weight, l.explanation,
    coalesce(p.uid = r.uid, FALSE) AS correct
FROM link AS l
JOIN person_uid AS p ON p.person_id = l.person_id
JOIN roll_uid AS r ON r.table_name = l.table_name AND r.row_key = l.row_key
WHERE l.method <> 'base' AND l.current;

-- Every registered child with a known identity × each roll that absence is read from.
CREATE OR REPLACE TABLE presence AS
SELECT
    p.person_id, t.table_name,
    bool_or(tp.row_ref IS NOT NULL) AS truly,
    bool_or(f.row_ref IS NOT NULL) AS linked,
    bool_or(u.row_ref IS NOT NULL) AS held,
    bool_or(coalesce(u.quarantined, FALSE)) AS aside
FROM person_uid AS p
CROSS JOIN (SELECT unnest(['enrolment', 'coverage']) AS table_name) AS t
LEFT JOIN (SELECT person_id, table_name, min(row_ref) AS row_ref FROM true_pair GROUP BY ALL) AS tp
    ON tp.person_id = p.person_id AND tp.table_name = t.table_name
LEFT JOIN (SELECT person_id, table_name, min(row_ref) AS row_ref FROM found_pair GROUP BY ALL) AS f
    ON f.person_id = p.person_id AND f.table_name = t.table_name
LEFT JOIN (
    SELECT person_id, table_name, min(row_ref) AS row_ref, bool_or(quarantined) AS quarantined
    FROM undecided GROUP BY ALL
) AS u ON u.person_id = p.person_id AND u.table_name = t.table_name
WHERE p.uid IS NOT NULL AND p.registered
GROUP BY ALL;
