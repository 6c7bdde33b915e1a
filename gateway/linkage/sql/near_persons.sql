-- reads: who, touched; writes: near_person
-- why: the few persons of whom something is known otherwise, found once and before they are joined to anybody.
CREATE OR REPLACE TABLE near_person AS
SELECT * FROM who WHERE person_id IN (SELECT person_id FROM touched);
