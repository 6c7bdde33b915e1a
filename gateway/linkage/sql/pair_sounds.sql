-- reads: both_sides, char_sound, surname_sound, char_shape; writes: name_sound
-- why: the sounds and shapes of the names that are compared, each once. Behind the fourth character a name is
--   compared as written.
CREATE OR REPLACE TABLE name_sound AS
WITH names AS (
    SELECT r_name AS name_key FROM both_sides WHERE r_name <> w_name AND length(r_name) = length(w_name)
    UNION
    SELECT w_name FROM both_sides WHERE r_name <> w_name AND length(r_name) = length(w_name)
)
SELECT
    n.name_key,
    coalesce(s2.first, s1.first, a.sound, substr(n.name_key, 1, 1)) || '/'
        || coalesce(s2.second, b.sound, substr(n.name_key, 2, 1)) || '/'
        || coalesce(c.sound, substr(n.name_key, 3, 1)) || '/'
        || coalesce(d.sound, substr(n.name_key, 4, 1)) || '/' || substr(n.name_key, 5) AS sound,
    coalesce(h.shape, substr(n.name_key, 1, 1)) || coalesce(i.shape, substr(n.name_key, 2, 1))
        || coalesce(j.shape, substr(n.name_key, 3, 1)) || coalesce(k.shape, substr(n.name_key, 4, 1))
        || substr(n.name_key, 5) AS shape
FROM names AS n
-- A surname is heard as a surname, a compound one before a single one.
LEFT JOIN surname_sound AS s1 ON s1.surname = substr(n.name_key, 1, 1) AND length(n.name_key) > 1
LEFT JOIN surname_sound AS s2 ON s2.surname = substr(n.name_key, 1, 2) AND length(n.name_key) > 2
LEFT JOIN char_sound AS a ON a.letter = substr(n.name_key, 1, 1)
LEFT JOIN char_sound AS b ON b.letter = substr(n.name_key, 2, 1)
LEFT JOIN char_sound AS c ON c.letter = substr(n.name_key, 3, 1)
LEFT JOIN char_sound AS d ON d.letter = substr(n.name_key, 4, 1)
LEFT JOIN char_shape AS h ON h.letter = substr(n.name_key, 1, 1)
LEFT JOIN char_shape AS i ON i.letter = substr(n.name_key, 2, 1)
LEFT JOIN char_shape AS j ON j.letter = substr(n.name_key, 3, 1)
LEFT JOIN char_shape AS k ON k.letter = substr(n.name_key, 4, 1);
