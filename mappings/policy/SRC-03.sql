-- reads: source_now; writes: nothing (gateway.policy makes rule_row of it)
-- why: a roll of which more rows were refused than its error budget allows.
SELECT
    source,
    roll,
    scope,
    CASE
        WHEN refused_share IS NULL THEN 'nothing_arrived'
        WHEN part THEN 'told_by_whole'
    END AS not_applicable,
    CASE WHEN refused_share <= coalesce(error_budget, 0) THEN 'within_budget' END AS satisfied,
    'over_budget' AS fires,
    CAST($period_start AS DATE) AS episode,
    CAST(NULL AS VARCHAR) AS evidence_ref
FROM source_now;
