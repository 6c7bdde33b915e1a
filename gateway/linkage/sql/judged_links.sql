-- reads: judged_pair, link, roll_row; writes: judged_row, parted_row, judged_same, link
-- why: an officer's word on a row and a person stands above every weight. A row joined to a person's
--   own row, or to one that its number leads to, is that person's; a parted row is looked for anew.
CREATE OR REPLACE TABLE judged_row AS
SELECT verdict, source, roll, table_name, row_key, person_id
FROM (
    SELECT
        j.verdict, j.source, j.roll, j.table_name, j.row_key, l.person_id,
        row_number() OVER (
            PARTITION BY j.source, j.roll, j.table_name, j.row_key,
                CASE WHEN j.verdict = 'same' THEN 0 ELSE l.person_id END
            ORDER BY CASE WHEN l.method = 'base' THEN 0 ELSE 1 END, l.person_id
        ) AS place
    FROM judged_pair AS j
    JOIN link AS l
        ON l.source = j.other_source AND l.roll = j.other_roll
        AND l.table_name = j.other_table AND l.row_key = j.other_key
) AS said
WHERE place = 1;

CREATE OR REPLACE TABLE parted_row AS
SELECT DISTINCT l.table_name, l.row_ref
FROM link AS l
JOIN judged_row AS j
    ON j.source = l.source AND j.roll = l.roll AND j.table_name = l.table_name
    AND j.row_key = l.row_key
WHERE l.method <> 'base'
    AND CASE WHEN j.verdict = 'same' THEN j.person_id <> l.person_id ELSE j.person_id = l.person_id END;

DELETE FROM link AS l
WHERE l.method <> 'base'
    AND EXISTS (
        SELECT 1 FROM parted_row AS p
        WHERE p.table_name = l.table_name AND p.row_ref = l.row_ref
    );

-- Found first and then looked up: mostly there is none, and `link` is large.
CREATE OR REPLACE TABLE judged_same AS
SELECT j.person_id, r.source, r.roll, r.table_name, r.row_key, r.row_ref, r.current
FROM judged_row AS j
JOIN roll_row AS r
    ON r.source = j.source AND r.roll = j.roll AND r.table_name = j.table_name
    AND r.row_key = j.row_key
WHERE j.verdict = 'same' AND NOT r.quarantined;

INSERT INTO link
SELECT
    j.person_id, j.source, j.roll, j.table_name, j.row_key, j.row_ref, 'judgement',
    CAST(NULL AS DOUBLE), 'judged=same', j.current, NULL, NULL
FROM judged_same AS j
WHERE NOT EXISTS (
    SELECT 1 FROM link AS l WHERE l.table_name = j.table_name AND l.row_ref = j.row_ref
);
