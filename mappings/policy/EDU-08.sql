-- reads: subject, schooling_path, link, attendance; writes: nothing (gateway.policy makes rule_row of it)
-- why: a pupil whom the roll shows as enrolled and the school's own report as missing.
--   Of two reports of the last month the one that says more speaks.
WITH told AS (
    SELECT
        l.person_id, CAST(a.month || '-01' AS DATE) AS month, coalesce(a.suspected, FALSE) AS suspected,
        coalesce(a.absent_days, 0) AS absent_days, a.roll, a.row_key, a.row_ref
    FROM link AS l
    JOIN attendance AS a
        ON a.row_key = l.row_key AND a.source = l.source AND a.roll = l.roll
    WHERE CAST(a.month || '-01' AS DATE) >= $period_start - INTERVAL 1 MONTH
),
placed AS (
    SELECT
        t.*,
        row_number() OVER (
            PARTITION BY person_id ORDER BY month DESC, suspected DESC, absent_days DESC, row_ref DESC, row_key DESC
        ) AS place
    FROM told AS t
),
report AS (
    SELECT person_id, month, suspected, absent_days, roll, row_key, row_ref FROM placed WHERE place = 1
)
SELECT
    s.person_id,
    CASE
        WHEN s.entry_year > $entry_year_started THEN 'before_entry'
        WHEN s.entry_year < $entry_year_oldest THEN 'after_compulsory'
    END AS not_applicable,
    CASE
        WHEN coalesce(p.found <> 'enrolled', TRUE) THEN 'not_on_roll'
        WHEN a.person_id IS NULL THEN 'not_reported'
    END AS elsewhere,
    CASE WHEN NOT a.suspected AND a.absent_days < $absent_days_needed THEN 'attending' END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    CASE WHEN a.suspected THEN 'suspected' ELSE 'absent_long' END AS fires,
    FALSE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    coalesce(a.month, CAST($period_start AS DATE)) AS episode,
    a.roll AS evidence_roll,
    a.row_key AS evidence_row_key,
    a.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN schooling_path AS p ON p.person_id = s.person_id
LEFT JOIN report AS a ON a.person_id = s.person_id;

-- excuse: leave_of_absence
SELECT l.person_id, CAST(NULL AS DATE) AS expires_on, a.roll, a.row_key, a.row_ref
FROM link AS l
JOIN attendance AS a
    ON a.row_key = l.row_key AND a.source = l.source AND a.roll = l.roll
WHERE a.reason IN ('long_leave', 'on_leave')
    AND CAST(a.month || '-01' AS DATE) >= $period_start - INTERVAL 1 MONTH;

-- excuse: placement_checked
SELECT l.person_id, CAST(NULL AS DATE) AS expires_on, a.roll, a.row_key, a.row_ref
FROM link AS l
JOIN attendance AS a
    ON a.row_key = l.row_key AND a.source = l.source AND a.roll = l.roll
WHERE a.reason IN ('specialised', 'special_school', 'guest')
    AND CAST(a.month || '-01' AS DATE) >= $period_start - INTERVAL 1 MONTH;
