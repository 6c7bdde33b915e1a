-- reads: quarantine_rows, harm_raw; writes: nothing
-- why: a row that could not be read may still say that a child is in danger. A row refused for several
--   reasons is one row.
SELECT DISTINCT
    h.sign, q.table_name, q.row_ref, q.row_key, q.id_number, q.name_key, q.birth_date, q.division,
    TRUE AS refused
FROM quarantine_rows AS q
JOIN harm_raw AS h
    ON h.table_name = q.table_name
    AND trim(json_extract_string(q.original_json, '$."' || h.source_column || '"')) = h.text
WHERE h.sign <> 'child_employed' OR q.birth_date > $working_born_by;
