-- reads: rest, batch, seeker; writes: row_side, person_side
-- why: second pass: persons whose own number proves nothing, against firm rows that are nobody's.
CREATE OR REPLACE VIEW row_side AS
SELECT * FROM rest WHERE firm AND NOT quarantined AND row_no IN (SELECT row_no FROM batch);
CREATE OR REPLACE VIEW person_side AS SELECT * FROM seeker;
