-- reads: nothing; writes: night, who, link, undecided, learned, borne, crowded, roll_record
-- why: the night's dates in one row, and the empty tables that the steps fill.
CREATE OR REPLACE TABLE night AS
SELECT
    CAST($as_of AS DATE) AS as_of,
    CAST($month AS VARCHAR) AS month,
    CAST($adult_born_by AS DATE) AS adult_born_by,
    CAST($grown_born_by AS DATE) AS grown_born_by;

CREATE OR REPLACE TABLE who (
    person_id BIGINT, registered BOOLEAN, source VARCHAR, base_roll VARCHAR, base_row_key VARCHAR,
    row_ref VARCHAR, name VARCHAR, name_key VARCHAR, id_number VARCHAR, number_given VARCHAR,
    firm BOOLEAN, birth_date DATE, sex VARCHAR, division VARCHAR, guardian_name_key VARCHAR,
    guardian_id VARCHAR, former_name_key VARCHAR, pet_name_key VARCHAR,
    home_mark UBIGINT
);

CREATE OR REPLACE TABLE link (
    person_id BIGINT, source VARCHAR, roll VARCHAR, table_name VARCHAR, row_key VARCHAR,
    row_ref VARCHAR, method VARCHAR, weight DOUBLE, explanation VARCHAR, current BOOLEAN,
    second_person_id BIGINT, second_weight DOUBLE
);

CREATE OR REPLACE TABLE undecided (
    person_id BIGINT, source VARCHAR, roll VARCHAR, table_name VARCHAR, row_key VARCHAR,
    row_ref VARCHAR, quarantined BOOLEAN, why VARCHAR, weight DOUBLE
);

CREATE OR REPLACE TABLE learned (person_id BIGINT, id_number VARCHAR);

CREATE OR REPLACE TABLE borne (person_id BIGINT, id_number VARCHAR);

CREATE OR REPLACE TABLE crowded (kind VARCHAR, blocks BIGINT, held_rows BIGINT);

CREATE OR REPLACE TABLE roll_record (
    table_name VARCHAR, source VARCHAR, row_ref VARCHAR, school_code VARCHAR, school_name VARCHAR
);
