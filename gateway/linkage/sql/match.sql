-- reads: nothing; writes: pair, found, present, own_pair, school_level, row_home, home, home_pair, letters_pair,
--   edge, crowded_name, crowded_day, crowded_guardian
-- why: the empty tables that one search fills: pairs with their levels and score, and what was decided.
CREATE OR REPLACE TABLE pair (
    person_id BIGINT, row_no BIGINT, table_name VARCHAR, source VARCHAR, holder VARCHAR,
    quarantined BOOLEAN, current BOOLEAN, number VARCHAR, name VARCHAR, birth_date VARCHAR,
    sex VARCHAR, household VARCHAR, school VARCHAR, rarity DOUBLE, score DOUBLE
);

CREATE OR REPLACE TABLE found (
    row_no BIGINT, person_id BIGINT, score DOUBLE, next_person BIGINT, next_score DOUBLE
);

CREATE OR REPLACE TABLE own_pair (person_id BIGINT, row_no BIGINT);

CREATE OR REPLACE TABLE school_level (row_no BIGINT, person_id BIGINT, level VARCHAR);

CREATE OR REPLACE TABLE row_home (row_no BIGINT, address VARCHAR);

CREATE OR REPLACE TABLE home (address VARCHAR, home VARCHAR);

CREATE OR REPLACE TABLE home_pair (person_id BIGINT, row_no BIGINT);

CREATE OR REPLACE TABLE letters_pair (person_id BIGINT, row_no BIGINT, level VARCHAR);

CREATE OR REPLACE TABLE edge (person_id BIGINT, row_no BIGINT);

CREATE OR REPLACE TABLE crowded_name (name_key VARCHAR, held_rows BIGINT, firm BOOLEAN);

CREATE OR REPLACE TABLE crowded_day (birth_date DATE, held_rows BIGINT, firm BOOLEAN);

CREATE OR REPLACE TABLE crowded_guardian (guardian VARCHAR, held_rows BIGINT, firm BOOLEAN);

CREATE OR REPLACE TABLE present (table_name VARCHAR, source VARCHAR, born BIGINT, bits DOUBLE);
