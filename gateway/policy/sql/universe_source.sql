-- reads: source_now, rule_row; writes: nothing
-- why: the same for rules whose subjects are rolls and scopes.
SELECT
    (SELECT count(*) FROM source_now) AS universe,
    (SELECT count(*) FROM rule_row) AS rows;
