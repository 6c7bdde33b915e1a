-- reads: link, aid; writes: payment
-- why: what was paid to each child, in the month that it belongs to, whenever it was paid.
CREATE OR REPLACE TABLE payment AS
SELECT
    l.person_id, CAST(a.month || '-01' AS DATE) AS month, a.kind,
    coalesce(a.nature, 'regular') AS nature,
    coalesce(a.paid_to_household, FALSE) AS to_household,
    a.kind IN ('orphan_living', 'unattended_living', 'extreme_hardship', 'low_income')
        AND coalesce(a.nature <> 'classified', TRUE) AND NOT coalesce(a.paid_to_household, FALSE)
        AS basic_living,
    coalesce(a.amount, 0) AS amount, a.paid_on, a.roll, a.row_key, a.row_ref
FROM link AS l
JOIN aid AS a ON a.row_key = l.row_key AND a.source = l.source AND a.roll = l.roll
WHERE l.table_name = 'aid' AND l.current AND coalesce(a.paid_on <= $as_of, TRUE);
