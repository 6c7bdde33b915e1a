-- reads: nothing; writes: known_person
-- why: the first night knows nobody.
CREATE OR REPLACE TABLE known_person (
    person_id BIGINT, source VARCHAR, roll VARCHAR, row_key VARCHAR, id_number VARCHAR
);
