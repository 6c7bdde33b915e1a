-- reads: link, assistance_member, assistance_household; writes: assistance_state
-- why: which household in force a child belongs to: extreme hardship first, then low income, then the
--   others, the oldest help of its kind.
CREATE OR REPLACE TABLE assistance_state AS
WITH membership AS (
    SELECT
        l.person_id, h.kind, h.begin_month, m.roll, m.row_key, m.row_ref,
        row_number() OVER (
            PARTITION BY l.person_id
            ORDER BY
                (CASE h.kind WHEN '03' THEN 0 WHEN '01' THEN 1 WHEN '02' THEN 1 ELSE 2 END),
                h.begin_month, m.row_ref, m.row_key
        ) AS place
    FROM link AS l
    JOIN assistance_member AS m
        ON m.row_key = l.row_key AND m.source = l.source AND m.roll = l.roll
    JOIN assistance_household AS h
        ON h.family_id = m.family_id AND h.source = m.source AND h.roll = m.roll
    WHERE l.table_name = 'assistance_member' AND l.current
        AND h.card_status = '1'
        AND coalesce(h.begin_month <= $period, TRUE)
        AND coalesce(h.end_month >= $period, TRUE)
)
SELECT person_id, kind, begin_month, roll, row_key, row_ref
FROM membership
WHERE place = 1;
