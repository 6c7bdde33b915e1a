-- reads: subject, rule_row; writes: nothing
-- why: the size of a rule's universe, counted apart from its outcomes so that the two can differ.
SELECT
    (SELECT count(DISTINCT person_id) FROM subject WHERE CASE $universe
        WHEN 'registry' THEN registered WHEN 'assistance' THEN assisted ELSE TRUE
    END) AS universe,
    (SELECT count(*) FROM rule_row) AS rows;
