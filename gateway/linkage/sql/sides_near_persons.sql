-- reads: rest, batch, near_person; writes: row_side, person_side
-- why: firm rows that did not change against persons without a good number who did.
CREATE OR REPLACE VIEW row_side AS
SELECT * FROM rest WHERE firm AND NOT quarantined AND row_no IN (SELECT row_no FROM batch);
CREATE OR REPLACE VIEW person_side AS
SELECT * FROM near_person WHERE NOT firm;
