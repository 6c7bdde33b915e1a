-- reads: subject, category_fact, category_now, parameter_at, link, contribution; writes: contribution_year,
--   contribution_right, rights
-- why: what the categories give a right to besides basic living: help with the contribution of the year,
--   a medical-help identity, and the two disability allowances.
CREATE OR REPLACE TABLE contribution_year AS
SELECT
    l.person_id, max(c.year) AS year, sum(coalesce(c.paid_by_person, 0)) AS paid_by_person,
    min(c.paid_on) AS paid_on, min_by(c.roll, c.row_ref) AS roll,
    min_by(c.row_key, (c.row_ref, c.row_key)) AS row_key, min(c.row_ref) AS row_ref
FROM link AS l
JOIN contribution AS c ON c.row_key = l.row_key AND c.source = l.source AND c.roll = l.roll
WHERE l.table_name = 'contribution' AND l.current AND c.year = $insurance_year
GROUP BY l.person_id;

-- The share of the family is the smallest that one category leaves; an unknown rate is not a rate of 0: its
-- share is null.
-- What was due on the day of the payment is the smallest that a category of that day leaves.
CREATE OR REPLACE TABLE contribution_right AS
WITH fact_share AS (
    SELECT
        f.person_id, f.since,
        CASE
            WHEN s.value = 1 OR h.value >= t.value THEN 0
            WHEN s.value IS NOT NULL THEN round(t.value * (1 - s.value), 2)
            ELSE t.value - h.value
        END AS share
    FROM category_fact AS f
    JOIN subject AS u ON u.person_id = f.person_id
    LEFT JOIN parameter_at AS s
        ON s.topic = 'contribution_help_share' AND s.key = f.fact AND s.county = u.county
        AND $insurance_year_start BETWEEN s.since AND s.until
    LEFT JOIN parameter_at AS h
        ON h.topic = 'contribution_help' AND h.key = f.fact AND h.county = u.county
        AND $insurance_year_start BETWEEN h.since AND h.until
    LEFT JOIN parameter_at AS t
        ON t.topic = 'contribution_standard' AND t.key = 'family' AND t.county = u.county
        AND $insurance_year_start BETWEEN t.since AND t.until
    WHERE f.fact NOT IN ('disability', 'severe_mental')
        AND coalesce(year(f.since) <= $insurance_year, TRUE)
        AND coalesce(year(f.until) >= $insurance_year, TRUE)
)
SELECT
    f.person_id, min(f.share) AS family_share, bool_or(f.share IS NULL) AS rate_unknown,
    min(CASE WHEN coalesce(f.since <= c.paid_on, TRUE) THEN f.share END) AS share_when_paid,
    coalesce(bool_or(f.since > c.paid_on), FALSE) AS some_came_later
FROM fact_share AS f
LEFT JOIN contribution_year AS c ON c.person_id = f.person_id
GROUP BY f.person_id;

CREATE OR REPLACE TABLE rights AS
SELECT
    n.person_id,
    min(CASE WHEN m.value = 1 THEN n.since END) AS medical_since,
    coalesce(bool_or(m.value = 1), FALSE) AS medical_help,
    coalesce(bool_or(d.key = 'nursing' AND n.fact = 'severe_disability'), FALSE) AS nursing,
    coalesce(bool_or(d.key = 'living')
        AND bool_or(n.fact IN ('low_income', 'extreme_hardship')), FALSE) AS living,
    min(CASE WHEN n.fact = 'severe_disability' THEN n.since END) AS nursing_since,
    greatest(
        min(CASE WHEN n.fact IN ('severe_disability', 'severe_mental', 'disability') THEN n.since END),
        min(CASE WHEN n.fact IN ('low_income', 'extreme_hardship') THEN n.since END)
    ) AS living_since,
    min_by(n.roll, n.row_ref) AS roll, min_by(n.row_key, (n.row_ref, n.row_key)) AS row_key, min(n.row_ref) AS row_ref
FROM category_now AS n
JOIN subject AS u ON u.person_id = n.person_id
LEFT JOIN parameter_at AS m
    ON m.topic = 'medical_help' AND m.key = n.fact AND m.county = u.county
    AND $as_of BETWEEN m.since AND m.until
LEFT JOIN parameter_at AS d
    ON d.topic = 'disability_allowance' AND d.value = 1 AND d.county = u.county
    AND $as_of BETWEEN d.since AND d.until
    AND n.fact IN ('severe_disability', 'severe_mental', 'disability')
GROUP BY n.person_id;
