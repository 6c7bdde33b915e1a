-- reads: long_row; writes: mapped_warning; why: values not taken of accepted rows are counted by column and reason.
INSERT INTO mapped_warning
SELECT warning, count(*) AS row_count
FROM (SELECT unnest(string_split(_warnings, '; ')) AS warning FROM long_row
      WHERE _warnings IS NOT NULL AND _problems IS NULL) AS one
GROUP BY warning;
