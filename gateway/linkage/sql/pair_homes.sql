-- reads: candidate, row_home, who, child, person_home; writes: person_home
-- why: the homes of persons who could live where a row says, each read once.
INSERT INTO person_home
SELECT w.person_id, address_home(c.address)
FROM who AS w
JOIN child AS c ON c.row_key = w.base_row_key AND c.source = w.source AND c.roll = w.base_roll
WHERE w.registered
    AND c.address IS NOT NULL
    AND w.person_id IN (
        SELECT p.person_id
        FROM candidate AS p
        JOIN row_home AS h ON h.row_no = p.row_no
        WHERE h.home IS NOT NULL
    )
    AND w.person_id NOT IN (SELECT person_id FROM person_home);
