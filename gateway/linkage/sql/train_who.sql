-- reads: night; writes: learned, own_pair, school_level, train_row, train_pattern, pair, found
-- why: the empty tables that training fills beside those of a night.
CREATE OR REPLACE TABLE train_row (
    table_name VARCHAR, source VARCHAR, roll VARCHAR, row_key VARCHAR, row_ref VARCHAR, firm BOOLEAN,
    name_key VARCHAR, id_number VARCHAR, number_given VARCHAR, hint VARCHAR, birth_date DATE, sex VARCHAR,
    division VARCHAR, guardian_name_key VARCHAR, guardian_id VARCHAR, insured_division VARCHAR,
    draw VARCHAR
);

CREATE OR REPLACE TABLE train_pattern (
    block VARCHAR, number VARCHAR, name VARCHAR, birth_date VARCHAR, sex VARCHAR, household VARCHAR,
    same BOOLEAN, pairs BIGINT
);
