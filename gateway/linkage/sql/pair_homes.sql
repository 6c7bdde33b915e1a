-- reads: both_sides, row_home, who, child, home; writes: home_side, home, home_pair
-- why: which pairs live in one home. One guardian's number says more, so those pairs are not asked; of the others
--   every address is read once, however many pairs and comparisons it is in.
CREATE OR REPLACE TABLE home_side AS
SELECT
    p.person_id, p.row_no, h.address AS row_address, c.address AS person_address,
    p.r_division, p.w_division
FROM both_sides AS p
JOIN row_home AS h ON h.row_no = p.row_no
JOIN who AS w ON w.person_id = p.person_id
JOIN child AS c ON c.row_key = w.base_row_key AND c.source = w.source AND c.roll = w.base_roll
WHERE w.registered
    AND c.address IS NOT NULL
    AND NOT coalesce(p.r_guardian_id = p.w_guardian_id, FALSE);

INSERT INTO home
SELECT address, address_home(address)
FROM (
    SELECT row_address AS address FROM home_side
    UNION
    SELECT person_address FROM home_side
) AS told
WHERE NOT EXISTS (SELECT 1 FROM home AS h WHERE h.address = told.address);

CREATE OR REPLACE TABLE home_pair AS
SELECT s.person_id, s.row_no
FROM home_side AS s
JOIN home AS r ON r.address = s.row_address
JOIN home AS w ON w.address = s.person_address
WHERE same_home(r.home, w.home, s.r_division, s.w_division);
