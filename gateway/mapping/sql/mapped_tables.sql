-- reads: quarantine_rows, superseded_rows; writes: mapped_quarantine, mapped_superseded; why: a roll's part of the ledger waits here until it balances.
CREATE OR REPLACE TABLE mapped_quarantine AS SELECT * FROM quarantine_rows LIMIT 0;
CREATE OR REPLACE TABLE mapped_superseded AS SELECT * FROM superseded_rows LIMIT 0;
