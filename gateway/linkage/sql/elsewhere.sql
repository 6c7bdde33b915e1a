-- reads: verdict, roll_row; writes: namesakes, daymates
-- why: a likeness from another town or county is worth something only where few bear the name, or few of
--   that surname were born on that day: in a large city most such likenesses are strangers.
CREATE OR REPLACE TABLE namesakes AS
SELECT
    r.table_name, r.name_key,
    count(DISTINCT coalesce(r.own_number, r.row_key, r.row_ref)) AS bearers
FROM roll_row AS r
JOIN (
    SELECT DISTINCT table_name, name_key
    FROM verdict
    WHERE name = '=' AND birth IN ('~', '?') AND place IN ('!', '~')
) AS v ON v.table_name = r.table_name AND v.name_key = r.name_key
GROUP BY r.table_name, r.name_key;

CREATE OR REPLACE TABLE daymates AS
SELECT
    r.table_name, r.birth_date, v.surname,
    count(DISTINCT coalesce(r.own_number, r.row_key, r.row_ref)) AS bearers
FROM roll_row AS r
JOIN (
    SELECT DISTINCT table_name, birth_date, left(name_key, 1) AS surname
    FROM verdict
    WHERE name = '~' AND birth = '=' AND place IN ('!', '~')
) AS v
    ON v.table_name = r.table_name AND v.birth_date = r.birth_date
    AND v.surname = left(r.name_key, 1)
GROUP BY r.table_name, r.birth_date, v.surname;
