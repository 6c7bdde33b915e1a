-- reads: subject, registry_state, category_fact, payment, parameter_at; writes: entitled_month, right_month,
--   entitlement
-- why: for each child and month: the basic-living benefits that the facts give a right to, the highest one
--   (择高), what is in payment for that month with arrears (补发) and top-ups (补差), and the difference.
--   Months from the one after recognition; the last closed month and the ones before it that are reviewed.
CREATE OR REPLACE TABLE entitled_month AS
SELECT
    CAST(CAST($last_closed_month AS DATE) - to_months(CAST(n AS INTEGER)) AS DATE) AS month,
    CAST(CAST($last_closed_month AS DATE) - to_months(CAST(n AS INTEGER)) + INTERVAL 1 MONTH
        - INTERVAL 1 DAY AS DATE) AS month_end
FROM range($entitlement_months) AS t(n);

-- A rise counts as owed only when its grace is over: until then the standard before it is enough.
CREATE OR REPLACE TABLE right_month AS
WITH standard AS (
    SELECT
        m.month, p.county, p.key, p.value AS standard,
        CASE
            WHEN p.since > $as_of - to_months(CAST(coalesce(g.value, 0) AS INTEGER)) AND b.value < p.value
                THEN b.value
            ELSE p.value
        END AS owed,
        CAST(p.since + to_months(CAST(coalesce(g.value, 0) AS INTEGER)) AS DATE) AS grace_ends
    FROM entitled_month AS m
    JOIN parameter_at AS p ON p.topic = 'basic_living' AND m.month BETWEEN p.since AND p.until
    LEFT JOIN parameter_at AS b
        ON b.topic = 'basic_living' AND b.key = p.key AND b.county = p.county
        AND b.until = p.since - 1
    LEFT JOIN parameter_at AS g
        ON g.topic = 'standard_change_grace' AND g.key = 'months' AND g.county = p.county
        AND $as_of BETWEEN g.since AND g.until
),
held_right AS (
    SELECT DISTINCT
        f.person_id, m.month, s.county,
        CASE
            WHEN f.fact = 'orphan' AND (r.category = '202' OR r.care_mode = 'institution')
                THEN 'orphan_institution'
            ELSE f.fact
        END AS key
    FROM category_fact AS f
    JOIN subject AS s ON s.person_id = f.person_id
    LEFT JOIN registry_state AS r ON r.person_id = f.person_id
    JOIN entitled_month AS m
        ON f.since < m.month AND coalesce(f.until >= m.month, TRUE)
    LEFT JOIN parameter_at AS a
        ON a.topic = 'age_limit' AND a.key = f.fact AND a.county = s.county
        AND m.month BETWEEN a.since AND a.until
    WHERE f.fact IN ('orphan', 'unattended', 'extreme_hardship')
        -- On the birthday itself the age is not reached: a right that ends with it has that day's month.
        AND s.birth_date + to_years(CAST(coalesce(a.value, 18) AS INTEGER)) >= m.month
)
SELECT
    h.person_id, h.month,
    CASE WHEN bool_and(s.standard IS NOT NULL) THEN max_by(h.key, (s.standard, s.owed, h.key)) END AS best,
    min(h.key) AS some_right,
    count(*) AS rights,
    CASE WHEN bool_and(s.standard IS NOT NULL) THEN max(s.standard) END AS standard,
    CASE WHEN bool_and(s.standard IS NOT NULL) THEN max_by(s.owed, (s.standard, s.owed)) END AS owed,
    max_by(s.grace_ends, (s.standard, s.owed, h.key)) FILTER (WHERE s.standard IS NOT NULL) AS grace_ends
FROM held_right AS h
LEFT JOIN standard AS s ON s.key = h.key AND s.county = h.county AND s.month = h.month
GROUP BY h.person_id, h.month;

CREATE OR REPLACE TABLE entitlement AS
WITH paid AS (
    SELECT
        p.person_id, p.month,
        sum(CASE WHEN p.basic_living AND p.nature = 'regular' THEN p.amount ELSE 0 END) AS regular,
        sum(CASE WHEN p.basic_living AND p.nature = 'arrears' THEN p.amount ELSE 0 END) AS arrears,
        sum(CASE WHEN p.basic_living AND p.nature = 'top_up' THEN p.amount ELSE 0 END) AS top_up,
        sum(CASE WHEN NOT p.basic_living THEN p.amount ELSE 0 END) AS beside,
        min_by(p.roll, p.row_ref) AS roll,
        min_by(p.row_key, (p.row_ref, p.row_key)) AS row_key,
        min(p.row_ref) AS row_ref
    FROM payment AS p
    JOIN entitled_month AS m ON m.month = p.month
    WHERE p.kind NOT IN ('student_aid', 'medical_help')
    GROUP BY p.person_id, p.month
)
SELECT
    coalesce(r.person_id, p.person_id) AS person_id,
    coalesce(r.month, p.month) AS month,
    coalesce(r.best, r.some_right) AS right_to,
    coalesce(r.rights, 0) AS rights,
    r.standard, r.owed, r.grace_ends,
    coalesce(p.regular, 0) AS regular,
    coalesce(p.arrears, 0) AS arrears,
    coalesce(p.top_up, 0) AS top_up,
    coalesce(p.beside, 0) AS beside,
    coalesce(p.regular + p.arrears + p.top_up, 0) AS paid,
    coalesce(p.regular + p.arrears + p.top_up, 0) - r.standard AS difference,
    p.roll, p.row_key, p.row_ref
FROM right_month AS r
FULL OUTER JOIN paid AS p ON p.person_id = r.person_id AND p.month = r.month;
