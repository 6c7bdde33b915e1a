-- reads: candidate, rest, who, char_sound; writes: name_sound
-- why: the sounds of the names that are compared, each once. Behind the fourth character a name is
--   compared as written.
CREATE OR REPLACE TABLE name_sound AS
WITH names AS (
    SELECT DISTINCT name_key
    FROM (
        SELECT r.name_key
        FROM rest AS r
        JOIN candidate AS c ON c.row_no = r.row_no
        UNION ALL
        SELECT w.name_key
        FROM who AS w
        JOIN candidate AS c ON c.person_id = w.person_id
    ) AS both_sides
    WHERE name_key IS NOT NULL
)
SELECT
    n.name_key,
    coalesce(a.sound, substr(n.name_key, 1, 1)) || '/'
        || coalesce(b.sound, substr(n.name_key, 2, 1)) || '/'
        || coalesce(c.sound, substr(n.name_key, 3, 1)) || '/'
        || coalesce(d.sound, substr(n.name_key, 4, 1)) || '/' || substr(n.name_key, 5) AS sound
FROM names AS n
LEFT JOIN char_sound AS a ON a.letter = substr(n.name_key, 1, 1)
LEFT JOIN char_sound AS b ON b.letter = substr(n.name_key, 2, 1)
LEFT JOIN char_sound AS c ON c.letter = substr(n.name_key, 3, 1)
LEFT JOIN char_sound AS d ON d.letter = substr(n.name_key, 4, 1);
