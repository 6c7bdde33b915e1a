-- reads: base_row, judged_pair, twin_row, shared_number; writes: twin_row, shared_number
-- why: an officer's word on two files of the registry (or two household members) stands above what
--   their numbers say: joined files are one child, parted ones two whose number proves nothing.
INSERT INTO shared_number
SELECT DISTINCT b.id_number
FROM twin_row AS t
JOIN judged_pair AS j
    ON j.source = t.source AND j.roll = t.roll AND j.row_key = t.row_key
    AND j.other_source = t.first_source AND j.other_roll = t.first_roll
    AND j.other_key = t.first_row_key AND j.verdict <> 'same'
JOIN base_row AS b
    ON b.row_key = t.row_key AND b.source = t.source AND b.roll = t.roll
    AND b.table_name = j.table_name
WHERE b.id_number IS NOT NULL
    AND b.id_number NOT IN (SELECT id_number FROM shared_number);

DELETE FROM twin_row AS t
WHERE EXISTS (
    SELECT 1 FROM judged_pair AS j
    WHERE j.source = t.source AND j.roll = t.roll AND j.row_key = t.row_key
        AND j.other_source = t.first_source AND j.other_roll = t.first_roll
        AND j.other_key = t.first_row_key AND j.verdict <> 'same'
);

-- Of every file that was joined to others, the first of them in the order of keys.
CREATE OR REPLACE TABLE judged_first AS
SELECT
    b.source, b.roll, b.row_key,
    min_by(o.source, o.source || '/' || o.roll || '/' || o.row_key) AS first_source,
    min_by(o.roll, o.source || '/' || o.roll || '/' || o.row_key) AS first_roll,
    min_by(o.row_key, o.source || '/' || o.roll || '/' || o.row_key) AS first_row_key
FROM judged_pair AS j
JOIN base_row AS b
    ON b.source = j.source AND b.roll = j.roll AND b.row_key = j.row_key
    AND b.table_name = j.table_name
JOIN base_row AS o
    ON o.source = j.other_source AND o.roll = j.other_roll AND o.row_key = j.other_key
    AND o.table_name = j.other_table
WHERE j.verdict = 'same'
GROUP BY b.source, b.roll, b.row_key;

DELETE FROM judged_first
WHERE source || '/' || roll || '/' || row_key
    < first_source || '/' || first_roll || '/' || first_row_key;

-- The file that a joined one followed by its number follows with it.
INSERT INTO judged_first
SELECT t.first_source, t.first_roll, t.first_row_key, min(f.first_source), min(f.first_roll), min(f.first_row_key)
FROM twin_row AS t
JOIN judged_first AS f ON f.source = t.source AND f.roll = t.roll AND f.row_key = t.row_key
WHERE NOT EXISTS (
        SELECT 1 FROM judged_first AS o
        WHERE t.first_source IN (o.source, o.first_source) AND t.first_roll IN (o.roll, o.first_roll)
            AND t.first_row_key IN (o.row_key, o.first_row_key)
    )
GROUP BY t.first_source, t.first_roll, t.first_row_key;

-- Whoever was joined by its number to a file that follows another one follows that one too.
CREATE OR REPLACE TABLE twin_row AS
SELECT
    t.source, t.roll, t.row_key,
    coalesce(f.first_source, t.first_source) AS first_source,
    coalesce(f.first_roll, t.first_roll) AS first_roll,
    coalesce(f.first_row_key, t.first_row_key) AS first_row_key
FROM twin_row AS t
LEFT JOIN judged_first AS f
    ON f.source = t.first_source AND f.roll = t.first_roll AND f.row_key = t.first_row_key
WHERE NOT EXISTS (
        SELECT 1 FROM judged_first AS o
        WHERE o.source = t.source AND o.roll = t.roll AND o.row_key = t.row_key
    )
UNION ALL
SELECT
    f.source, f.roll, f.row_key,
    coalesce(t.first_source, f.first_source),
    coalesce(t.first_roll, f.first_roll),
    coalesce(t.first_row_key, f.first_row_key)
FROM judged_first AS f
LEFT JOIN twin_row AS t
    ON t.source = f.first_source AND t.roll = f.first_roll AND t.row_key = f.first_row_key;
