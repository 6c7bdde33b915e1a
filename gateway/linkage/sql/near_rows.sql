-- reads: pair, row_mark; writes: redo, pair
-- why: a row that a changed person has come near is looked at anew, with everybody.
INSERT INTO redo
SELECT m.row_no, m.mark
FROM row_mark AS m
WHERE m.row_no IN (SELECT row_no FROM pair);

DELETE FROM pair;
