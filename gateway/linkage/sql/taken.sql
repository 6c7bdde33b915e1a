-- reads: link, pair; writes: taken
-- why: who among the compared has a current row of a roll by number already.
CREATE OR REPLACE TABLE taken AS
SELECT DISTINCT l.person_id, l.table_name, l.source
FROM link AS l
WHERE l.current AND l.person_id IN (SELECT person_id FROM pair);
