-- reads: mapped_handled; writes: nothing
-- why: the accepted lines of an old ledger, in its own order, as the look-up asks about them.
SELECT
    CAST(split_part(row_ref, '#', -1) AS BIGINT) AS number, matter, result, result_class, handled_on,
    until, proof, name_key, birth_date, sex, id_number, id_given, division, guardian_name_key, guardian_id
FROM mapped_handled
ORDER BY number;
