-- reads: outcome, open_case, case_tonight; writes: nothing
-- why: a case with two outcomes, or a finding without a key of its own, would be lost or told twice.
SELECT 'cases to which a rule gave two outcomes' AS what,
    (SELECT count(*) FROM case_tonight) - (SELECT count(*) FROM open_case) AS wrong
UNION ALL
SELECT 'findings without a key', count(*)
FROM outcome
WHERE kind = 'fires' AND (finding_key IS NULL OR episode IS NULL)
UNION ALL
SELECT 'findings that share a key with another', count(finding_key) - count(DISTINCT finding_key)
FROM outcome
WHERE kind = 'fires';
