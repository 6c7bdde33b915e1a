-- reads: nothing; writes: pair, found, own_pair, school_level
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
