-- reads: nothing; writes: quarantine_rows, superseded_rows; why: the night's ledger of rows that no table holds.
CREATE TABLE IF NOT EXISTS quarantine_rows (
    source VARCHAR, roll VARCHAR, table_name VARCHAR, row_ref VARCHAR, row_key VARCHAR,
    column_name VARCHAR, reason VARCHAR, original_json VARCHAR,
    name_key VARCHAR, id_number VARCHAR, id_given VARCHAR, birth_date DATE, sex VARCHAR,
    division VARCHAR, reasons VARCHAR
);
CREATE TABLE IF NOT EXISTS superseded_rows (
    source VARCHAR, roll VARCHAR, table_name VARCHAR, row_ref VARCHAR, row_key VARCHAR,
    superseded_by VARCHAR
);
