-- reads: rest; writes: batch
-- why: crowds are counted over all rows.
CREATE OR REPLACE TABLE batch AS SELECT row_no FROM rest;
