-- reads: rest, stranger, unseen_name, name_rarity, crowded_name, crowded_day, crowded_guardian, own_pair, judged_row,
--   roll_record, row_home, present; writes: row_mark, number_node
-- why: a row that is nobody's by number is told by one mark: all that it says, and all that is the same for
--   every person it is compared with (how rare its name is, crowds, strangers, its bureau's own number, officers'
--   words). Two rows of one number, or of one inside a student number, bear on each other.
CREATE OR REPLACE TABLE row_mark AS
SELECT
    r.row_no,
    hash(
        r.table_name, r.source, r.roll, r.row_key, r.row_ref, r.quarantined, r.current, r.firm,
        r.name_key, r.id_number, r.number_given, r.hint, r.birth_date, r.sex, r.division,
        r.guardian_name_key, r.guardian_id, r.own_number, r.insured_division, r.holder,
        g.bits, coalesce(f.rarity, t.rarity), n.name_key IS NOT NULL, d.birth_date IS NOT NULL,
        y.guardian IS NOT NULL, o.owners, j.words, s.school_code, s.school_name, h.address, a.bits
    ) AS mark
FROM rest AS r
CROSS JOIN unseen_name AS t
JOIN stranger AS g ON g.table_name = r.table_name AND g.source = r.source
LEFT JOIN name_rarity AS f ON f.name_key = r.name_key
LEFT JOIN crowded_name AS n
    ON n.name_key = r.name_key AND n.firm = (r.firm AND NOT r.quarantined)
LEFT JOIN crowded_day AS d
    ON d.birth_date = r.birth_date AND d.firm = (r.firm AND NOT r.quarantined)
LEFT JOIN crowded_guardian AS y
    ON y.guardian = r.guardian_name_key AND y.firm = (r.firm AND NOT r.quarantined)
LEFT JOIN (
    SELECT row_no, bit_xor(hash(person_id)) AS owners FROM own_pair GROUP BY row_no
) AS o ON o.row_no = r.row_no
LEFT JOIN (
    SELECT source, roll, table_name, row_key, bit_xor(hash(person_id, verdict)) AS words
    FROM judged_row
    GROUP BY source, roll, table_name, row_key
) AS j
    ON j.source = r.source AND j.roll = r.roll AND j.table_name = r.table_name
    AND j.row_key = r.row_key
LEFT JOIN row_home AS h ON h.row_no = r.row_no
LEFT JOIN present AS a
    ON a.table_name = r.table_name AND a.source = r.source
    AND a.born = year(coalesce(r.birth_date, number_date(r.id_number)))
LEFT JOIN roll_record AS s
    ON s.row_ref = r.row_ref AND s.table_name = r.table_name AND s.source = r.source;

CREATE OR REPLACE TABLE number_node AS
SELECT row_no, hash(id_number) AS number FROM rest WHERE id_number IS NOT NULL
UNION ALL
SELECT row_no, hash(hint) FROM rest WHERE hint IS NOT NULL;
