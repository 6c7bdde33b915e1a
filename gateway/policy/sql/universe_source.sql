-- reads: source_now; writes: nothing
-- why: the same for rules whose subjects are rolls and scopes.
SELECT count(*) AS universe
FROM source_now;
