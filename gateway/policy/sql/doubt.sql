-- reads: undecided, need_table, person; writes: doubt
-- why: for whom a row of a roll is not known to be missing, because a quarantined row or an undecided
--   pair could be theirs. A member who may be a registered child is in doubt on the registry too.
CREATE OR REPLACE TABLE doubt AS
WITH both_ways AS (
    SELECT u.person_id, t.need, u.quarantined, u.why, u.source || '/' || u.roll AS held_by
    FROM undecided AS u
    JOIN need_table AS t ON t.table_name = u.table_name
    UNION ALL
    SELECT p.person_id, 'registry' AS need, u.quarantined, u.why, u.source || '/' || u.roll AS held_by
    FROM undecided AS u
    JOIN person AS p
        ON p.base_row_key = u.row_key AND p.source = u.source AND p.base_roll = u.roll
    WHERE u.table_name = 'assistance_member'
)
SELECT
    person_id,
    need,
    CASE
        WHEN bool_or(quarantined) THEN 'quarantined_row'
        WHEN bool_and(coalesce(why, '') = 'not_asked') THEN 'not_asked'
        ELSE 'undecided_pair'
    END AS reason,
    min(held_by) AS held_by
FROM both_ways
GROUP BY person_id, need;
