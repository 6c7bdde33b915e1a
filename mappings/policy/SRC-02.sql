-- reads: source_now; writes: nothing (gateway.policy makes rule_row of it)
-- why: a roll that came but cannot be whole: scopes missing, or a count outside its declared bounds.
SELECT
    source,
    roll,
    scope,
    CASE
        WHEN state IN ('expected', 'late', 'refused') THEN 'nothing_arrived'
        WHEN as_the_whole AND state = 'odd' THEN 'told_by_whole'
        WHEN state = 'odd' AND refused_share > error_budget
            AND coalesce(received >= low, TRUE) AND coalesce(received <= high, TRUE)
            THEN 'told_by_refusals'
    END AS not_applicable,
    CASE
        WHEN state = 'verified'
            AND coalesce(received >= low, TRUE) AND coalesce(received <= high, TRUE)
            THEN 'roll_whole'
    END AS satisfied,
    CASE
        WHEN state = 'partial' THEN 'roll_partial'
        WHEN received < low THEN 'count_low'
        WHEN received > high THEN 'count_high'
        ELSE 'roll_odd'
    END AS fires,
    CAST($period_start AS DATE) AS episode,
    CAST(NULL AS VARCHAR) AS evidence_ref
FROM source_now;
