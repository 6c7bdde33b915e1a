-- reads: next_person, next_row, next_number, next_edge, next_pair, next_about, next_lesson, next_link, next_undecided;
--   writes: kept_person, kept_row, kept_number, kept_edge, kept_pair, kept_about, kept_lesson, kept_link, kept_undecided
-- why: the whole night is done, so what it keeps takes the place of what the last one kept.
DROP TABLE kept_person;

ALTER TABLE next_person RENAME TO kept_person;

DROP TABLE kept_row;

ALTER TABLE next_row RENAME TO kept_row;

DROP TABLE kept_number;

ALTER TABLE next_number RENAME TO kept_number;

DROP TABLE kept_edge;

ALTER TABLE next_edge RENAME TO kept_edge;

DROP TABLE kept_pair;

ALTER TABLE next_pair RENAME TO kept_pair;

DROP TABLE kept_about;

ALTER TABLE next_about RENAME TO kept_about;

DROP TABLE kept_lesson;

ALTER TABLE next_lesson RENAME TO kept_lesson;

DROP TABLE kept_link;

ALTER TABLE next_link RENAME TO kept_link;

DROP TABLE kept_undecided;

ALTER TABLE next_undecided RENAME TO kept_undecided;
