-- reads: person, child; writes: registry_state, registry_column
-- why: what the registry says of each registered child: category, recognition, payment, ledger fields; and
--   which of the ledger fields it holds at all, for what nobody records is nobody's omission.
CREATE OR REPLACE TABLE registry_state AS
SELECT
    p.person_id, c.category, c.care_mode, c.recognised_on, c.entered_on, c.entry_reason, c.exit_on,
    c.exit_reason, c.last_paid_month, c.paid_monthly, c.name, c.id_number, c.id_state, c.address,
    c.guardian_name, c.guardian_id, c.guardian_relation, c.guardianship, c.health, c.schooling, c.needs,
    c.both_parents_away, c.entrusted_care_on, c.returned_on, c.source, c.roll, c.row_key, c.row_ref
FROM person AS p
JOIN child AS c
    ON c.row_key = p.base_row_key AND c.source = p.source AND c.roll = p.base_roll
WHERE p.registered;

CREATE OR REPLACE TABLE registry_column AS
SELECT
    coalesce(bool_or(health IS NOT NULL), FALSE) AS health,
    coalesce(bool_or(schooling IS NOT NULL), FALSE) AS schooling,
    coalesce(bool_or(needs IS NOT NULL), FALSE) AS needs,
    coalesce(bool_or(entry_reason IS NOT NULL), FALSE) AS entry_reason
FROM registry_state;
