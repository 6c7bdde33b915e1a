-- reads: redo; writes: batch
-- why: whatever is looked at anew is compared with everybody.
CREATE OR REPLACE TABLE batch AS SELECT row_no FROM redo;
