-- reads: pair, rest, judged_row; writes: pair
-- why: a pair that an officer parted, or is unsure of, is no pair for the machine to weigh.
DELETE FROM pair AS p
WHERE EXISTS (
    SELECT 1 FROM rest AS r
    JOIN judged_row AS j
        ON j.source = r.source AND j.roll = r.roll AND j.table_name = r.table_name
        AND j.row_key = r.row_key
    WHERE r.row_no = p.row_no AND j.person_id = p.person_id AND j.verdict <> 'same'
);
