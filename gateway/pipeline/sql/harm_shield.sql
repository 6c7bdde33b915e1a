-- reads: person, link, assistance_member, harm_token; writes: nothing
-- why: the children of open cases and everybody of their households, by the assistance roll's family or by
--   their guardian; all their items are handled by a named officer.
WITH struck AS (
    SELECT p.person_id
    FROM person AS p
    JOIN harm_token AS h ON h.token = hmac_hex($site_key, 'harm:number|' || p.id_number)
    UNION
    SELECT p.person_id
    FROM person AS p
    JOIN harm_token AS h
        ON h.token = hmac_hex($site_key, 'harm:named|' || p.name_key || '|' || CAST(p.birth_date AS VARCHAR))
    UNION
    SELECT l.person_id
    FROM link AS l
    JOIN harm_token AS h ON h.token = hmac_hex($site_key, 'harm:row|' || l.source || '|' || l.row_key)
    UNION
    SELECT p.person_id
    FROM person AS p
    JOIN harm_token AS h
        ON h.token = hmac_hex($site_key, 'harm:row|' || p.source || '|' || p.base_row_key)
),
home AS (
    SELECT person_id, household_key AS home
    FROM person
    UNION ALL
    SELECT l.person_id, 'family|' || m.source || '|' || m.family_id AS home
    FROM link AS l
    JOIN assistance_member AS m
        ON m.row_key = l.row_key AND m.source = l.source AND m.roll = l.roll
    WHERE l.table_name = 'assistance_member'
    UNION ALL
    SELECT p.person_id, 'family|' || m.source || '|' || m.family_id AS home
    FROM person AS p
    JOIN assistance_member AS m
        ON m.row_key = p.base_row_key AND m.source = p.source AND m.roll = p.base_roll
)
SELECT person_id FROM struck
UNION
SELECT other.person_id
FROM struck AS s
JOIN home AS own ON own.person_id = s.person_id
JOIN home AS other ON other.home = own.home;
