-- reads: link, undecided, roll_record, record_row; writes: link, undecided
-- why: what was found for a record of a roll holds for each of its rows; an open question names one of them.
CREATE OR REPLACE TABLE record_link AS
SELECT l.*
FROM link AS l
JOIN roll_record AS r
    ON r.record = l.row_key AND r.table_name = l.table_name AND r.source = l.source AND r.roll = l.roll;

DELETE FROM link
WHERE EXISTS (
    SELECT 1 FROM record_link AS r
    WHERE r.table_name = link.table_name AND r.row_ref = link.row_ref
);

INSERT INTO link
SELECT
    l.person_id, r.source, r.roll, r.table_name, r.row_key, r.row_ref, l.method, l.weight,
    l.explanation, l.current, l.second_person_id, l.second_weight
FROM record_link AS l
JOIN record_row AS r
    ON r.record = l.row_key AND r.table_name = l.table_name AND r.source = l.source AND r.roll = l.roll;

CREATE OR REPLACE TABLE undecided AS
SELECT
    u.person_id, u.source, u.roll, u.table_name, coalesce(r.first_key, u.row_key) AS row_key,
    u.row_ref, u.quarantined, u.why, u.weight
FROM undecided AS u
LEFT JOIN roll_record AS r
    ON r.record = u.row_key AND r.table_name = u.table_name AND r.source = u.source AND r.roll = u.roll;
