-- reads: candidate, own_pair; writes: pair_key
-- why: one line a pair of the first pass, however many blocks found it.
CREATE OR REPLACE TABLE pair_key AS
SELECT person_id, table_name, row_ref, bool_or(sounds) AS sounds, bool_or(own) AS own
FROM (
    SELECT person_id, table_name, row_ref, sounds, FALSE AS own FROM candidate
    UNION ALL
    SELECT person_id, table_name, row_ref, FALSE, TRUE FROM own_pair
) AS found_by
GROUP BY person_id, table_name, row_ref;
