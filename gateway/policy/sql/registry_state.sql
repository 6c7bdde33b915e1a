-- reads: person, child; writes: registry_state
-- why: what the registry says of each registered child: category, recognition, last payment.
CREATE OR REPLACE TABLE registry_state AS
SELECT
    p.person_id, c.category, c.recognised_on, c.last_paid_month, c.roll, c.row_key, c.row_ref
FROM person AS p
JOIN child AS c
    ON c.row_key = p.base_row_key AND c.source = p.source AND c.roll = p.base_roll;
