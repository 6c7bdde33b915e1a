-- reads: nothing; writes: candidate
-- why: each comparison begins with no pair.
CREATE OR REPLACE TABLE candidate (person_id BIGINT, row_no BIGINT);
