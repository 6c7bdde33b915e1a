-- reads: link, coverage; writes: coverage_row,
--   coverage_several, coverage_state
-- why: one row a person of what the insurer says about basic coverage, and whether it is insured twice.
--   An active row without a start date counts as begun: a blank is no reason to send anybody.
CREATE OR REPLACE TABLE coverage_row AS
SELECT
    l.person_id, c.roll, c.row_key, c.row_ref, c.scheme, c.person_type, c.started_on, c.insurance_year,
    c.insured_division, c.paid, c.paid_on, coalesce(c.survival = '1', FALSE) AS said_alive,
    CASE
        WHEN c.status = '1' AND coalesce(c.started_on <= $as_of, TRUE) THEN 'active'
        WHEN c.status IN ('2', '3', '4') THEN 'lapsed'
        WHEN c.status = '1' THEN 'pending'
        WHEN c.paid AND coalesce(c.insurance_year >= $insurance_year, TRUE) THEN 'pending'
        ELSE 'unpaid'
    END AS state,
    c.status = '1' AND c.started_on > $as_of AS waiting,
    c.status = '2' AND c.paused_on IS NOT NULL AS paused,
    c.paused_on,
    CASE WHEN c.id_number IS NOT NULL THEN hash(c.id_number) END AS number_print
FROM link AS l
JOIN coverage AS c ON c.row_key = l.row_key AND c.source = l.source AND c.roll = l.roll
WHERE l.table_name = 'coverage' AND l.current
    AND c.scheme IN ('310', '380', '390', '391');

-- Most children have one row, which speaks. Only of those who have several one is chosen and written down again.
CREATE OR REPLACE TABLE coverage_several AS
WITH several AS (
    SELECT person_id FROM coverage_row GROUP BY person_id HAVING count(*) > 1
),
placed AS (
    SELECT
        b.*,
        min(CASE WHEN state = 'lapsed' AND NOT paused THEN 0 ELSE 1 END)
            OVER (PARTITION BY person_id) AS all_paused,
        min(CASE WHEN state = 'lapsed' THEN paused_on END)
            OVER (PARTITION BY person_id) AS oldest_pause,
        max(CASE WHEN state = 'lapsed' THEN 1 ELSE 0 END)
            OVER (PARTITION BY person_id) AS lapsed,
        min(CASE WHEN state = 'active' THEN scheme END) OVER (PARTITION BY person_id)
            <> max(CASE WHEN state = 'active' THEN scheme END) OVER (PARTITION BY person_id) AS two_schemes,
        min(CASE WHEN state = 'active' THEN insured_division END) OVER (PARTITION BY person_id)
            <> max(CASE WHEN state = 'active' THEN insured_division END) OVER (PARTITION BY person_id)
            AS two_places,
        row_number() OVER (
            PARTITION BY person_id
            ORDER BY
                (CASE state WHEN 'active' THEN 0 WHEN 'lapsed' THEN 1 WHEN 'pending' THEN 2 ELSE 3 END),
                paused_on DESC NULLS LAST,
                row_ref, row_key
        ) AS place
    FROM coverage_row AS b
    WHERE EXISTS (SELECT 1 FROM several AS s WHERE s.person_id = b.person_id)
)
SELECT
    person_id, state, lapsed = 1 AS has_lapsed, lapsed = 1 AND all_paused = 1 AS all_paused, oldest_pause,
    coalesce(two_schemes, FALSE) AS two_schemes, coalesce(two_places, FALSE) AS two_places,
    roll, row_key, row_ref
FROM placed
WHERE place = 1;

CREATE OR REPLACE VIEW coverage_state AS
SELECT
    person_id, state, state = 'lapsed' AS has_lapsed, paused AS all_paused,
    CASE WHEN state = 'lapsed' THEN paused_on END AS oldest_pause, FALSE AS two_schemes, FALSE AS two_places,
    roll, row_key, row_ref
FROM coverage_row AS r
WHERE NOT EXISTS (SELECT 1 FROM coverage_several AS s WHERE s.person_id = r.person_id)
UNION ALL
SELECT
    person_id, state, has_lapsed, all_paused, oldest_pause, two_schemes, two_places, roll, row_key, row_ref
FROM coverage_several;
