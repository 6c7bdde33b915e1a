-- reads: subject, registry_state, payment, parameter_at; writes: nothing (gateway.policy makes rule_row of it)
-- why: a child in institutional or temporary care for whom the last closed month was paid below the
--   institution's standard. A ledger of payments that shows basic living of nobody is none of basic living.
WITH month_paid AS (
    SELECT
        person_id, sum(amount) AS paid, min_by(roll, row_ref) AS roll, min_by(row_key, (row_ref, row_key)) AS row_key,
        min(row_ref) AS row_ref
    FROM payment
    WHERE basic_living AND month = $last_closed_month
    GROUP BY person_id
),
ledger AS (
    SELECT count(*) AS livings FROM payment WHERE basic_living
)
SELECT
    s.person_id,
    CASE WHEN s.adult THEN 'aged_18' END AS not_applicable,
    CASE
        WHEN r.category <> '202' AND coalesce(r.care_mode NOT IN ('institution', 'temporary'), TRUE) THEN 'not_in_care'
        WHEN r.recognised_on >= $last_closed_month THEN 'not_yet_due'
    END AS elsewhere,
    CASE WHEN a.paid >= p.value THEN 'standard_paid' END AS satisfied,
    CASE WHEN l.livings = 0 THEN 'no_living_ledger' WHEN p.value IS NULL THEN 'standard_unknown' END AS held,
    'below_institutional' AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CAST($last_closed_month AS DATE) AS episode,
    a.roll AS evidence_roll,
    a.row_key AS evidence_row_key,
    a.row_ref AS evidence_ref
FROM subject AS s
CROSS JOIN ledger AS l
LEFT JOIN registry_state AS r ON r.person_id = s.person_id
LEFT JOIN parameter_at AS p
    ON p.topic = 'basic_living' AND p.key = 'orphan_institution' AND p.county = s.county
    AND $last_closed_month BETWEEN p.since AND p.until
LEFT JOIN month_paid AS a ON a.person_id = s.person_id
WHERE s.registered;

-- excuse: recent_rise
SELECT
    s.person_id, CAST(p.since + to_months(CAST(g.value AS INTEGER)) - INTERVAL 1 DAY AS DATE) AS expires_on,
    min_by(a.roll, a.row_ref) AS roll, min_by(a.row_key, (a.row_ref, a.row_key)) AS row_key, min(a.row_ref) AS row_ref
FROM subject AS s
JOIN parameter_at AS b
    ON b.topic = 'basic_living' AND b.key = 'orphan_institution' AND b.county = s.county
JOIN parameter_at AS p
    ON p.topic = b.topic AND p.key = b.key AND p.county = b.county AND p.since = b.until + 1
JOIN parameter_at AS g
    ON g.topic = 'standard_change_grace' AND g.key = 'months' AND g.county = s.county
    AND $as_of BETWEEN g.since AND g.until
JOIN payment AS a
    ON a.person_id = s.person_id AND a.basic_living AND a.month = $last_closed_month
GROUP BY s.person_id, p.since, g.value, b.value
HAVING sum(a.amount) >= b.value;
