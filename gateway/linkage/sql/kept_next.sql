-- reads: kept_person, kept_row, kept_number, kept_edge, kept_pair, kept_about, kept_lesson, kept_link, kept_undecided;
--   writes: next_person, next_row, next_number, next_edge, next_pair, next_about, next_lesson, next_link, next_undecided,
--   changed_person
-- why: what tonight keeps for the next night is gathered beside what the last one kept.
CREATE OR REPLACE TABLE next_person AS SELECT * FROM kept_person WHERE FALSE;

CREATE OR REPLACE TABLE next_row AS SELECT * FROM kept_row WHERE FALSE;

CREATE OR REPLACE TABLE next_number AS SELECT * FROM kept_number WHERE FALSE;

CREATE OR REPLACE TABLE next_edge AS SELECT * FROM kept_edge WHERE FALSE;

CREATE OR REPLACE TABLE next_pair AS SELECT * FROM kept_pair WHERE FALSE;

CREATE OR REPLACE TABLE next_about AS SELECT * FROM kept_about WHERE FALSE;

CREATE OR REPLACE TABLE next_lesson AS SELECT * FROM kept_lesson WHERE FALSE;

CREATE OR REPLACE TABLE next_link AS SELECT * FROM kept_link WHERE FALSE;

CREATE OR REPLACE TABLE next_undecided AS SELECT * FROM kept_undecided WHERE FALSE;

CREATE OR REPLACE TABLE changed_person (person_id BIGINT);
