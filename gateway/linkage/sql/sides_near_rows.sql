-- reads: rest, batch, near_person; writes: row_side, person_side
-- why: rows that did not change against persons who did.
CREATE OR REPLACE VIEW row_side AS
SELECT * FROM rest WHERE (NOT firm OR quarantined) AND row_no IN (SELECT row_no FROM batch);
CREATE OR REPLACE VIEW person_side AS
SELECT * FROM near_person;
