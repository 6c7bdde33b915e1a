-- reads: redo; writes: batch, compared
-- why: whatever is looked for anew is compared with everybody.
CREATE OR REPLACE TABLE batch AS SELECT row_no FROM redo;

CREATE OR REPLACE TABLE compared AS SELECT row_no FROM redo;
