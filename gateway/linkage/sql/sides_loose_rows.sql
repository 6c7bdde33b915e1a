-- reads: rest, batch, who; writes: row_side, person_side
-- why: first pass: loose rows against every person.
CREATE OR REPLACE VIEW row_side AS
SELECT * FROM rest WHERE (NOT firm OR quarantined) AND row_no IN (SELECT row_no FROM batch);
CREATE OR REPLACE VIEW person_side AS SELECT * FROM who;
