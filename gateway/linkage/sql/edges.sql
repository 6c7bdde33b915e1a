-- reads: pair; writes: edge
-- why: whom a row could be, as long as anything of the night thought so.
INSERT INTO edge SELECT person_id, row_no FROM pair;
