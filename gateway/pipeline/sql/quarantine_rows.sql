-- reads: quarantine_rows; writes: nothing
-- why: the store keeps refused rows whole, in the order in which they came.
SELECT
    source, roll, table_name, row_ref, row_key, column_name, reason, original_json,
    name_key, id_number, id_given, birth_date, sex, division
FROM quarantine_rows
ORDER BY row_ref;
