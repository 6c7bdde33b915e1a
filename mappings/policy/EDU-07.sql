-- reads: subject, enrolment_row, registry_state, category_now; writes: nothing (gateway.policy makes rule_row of it)
-- why: a mark on the roll of a pupil that neither the registry nor a category that is proved says too.
WITH marked AS (
    SELECT
        u.person_id, coalesce(e.flag_orphan, FALSE) AS orphan, coalesce(e.disability <> '0', FALSE) AS disabled,
        coalesce(e.flag_low_income, FALSE) AS poor, coalesce(e.left_behind <> '0', FALSE) AS left_behind,
        e.roll, e.row_key, e.row_ref
    FROM subject AS u
    JOIN enrolment_row AS e ON e.person_id = u.person_id
    WHERE e.current AND e.class = 'enrolled'
),
mark AS (
    SELECT
        person_id, bool_or(orphan) AS orphan, bool_or(disabled) AS disabled, bool_or(poor) AS poor,
        bool_or(left_behind) AS left_behind,
        min_by(roll, row_ref) AS roll,
        min_by(row_key, row_ref || ' ' || row_key) AS row_key,
        min(row_ref) AS row_ref
    FROM marked
    WHERE orphan OR disabled OR poor OR left_behind
    GROUP BY person_id
),
fact AS (
    SELECT
        m.person_id, bool_or(n.fact IN ('orphan', 'unattended')) AS orphan,
        bool_or(n.fact IN ('disability', 'severe_disability', 'severe_mental')) AS disabled,
        bool_or(n.fact IN ('low_income', 'extreme_hardship')) AS poor
    FROM mark AS m
    JOIN category_now AS n ON n.person_id = m.person_id
    GROUP BY m.person_id
),
known AS (
    SELECT
        m.person_id, coalesce(f.orphan, FALSE) AS orphan,
        coalesce(f.disabled, FALSE) OR coalesce(r.category = '302', FALSE) AS disabled,
        coalesce(f.poor, FALSE) AS poor, coalesce(r.category = '400', FALSE) AS left_behind
    FROM mark AS m
    LEFT JOIN fact AS f ON f.person_id = m.person_id
    LEFT JOIN registry_state AS r ON r.person_id = m.person_id
)
SELECT
    s.person_id,
    CAST(NULL AS VARCHAR) AS not_applicable,
    CASE WHEN m.person_id IS NULL THEN 'no_flag' END AS elsewhere,
    CASE
        WHEN NOT (m.orphan AND NOT k.orphan) AND NOT (m.disabled AND NOT k.disabled)
            AND NOT (m.poor AND NOT k.poor) AND NOT (m.left_behind AND NOT k.left_behind) THEN 'known'
    END AS satisfied,
    CAST(NULL AS VARCHAR) AS held,
    CASE
        WHEN m.orphan AND NOT k.orphan THEN 'orphan_flag'
        WHEN m.disabled AND NOT k.disabled THEN 'disability_flag'
        WHEN m.poor AND NOT k.poor THEN 'low_income_flag'
        ELSE 'left_behind_flag'
    END AS fires,
    TRUE AS reads_absence,
    CAST(NULL AS VARCHAR) AS absence_division,
    CAST($school_year AS DATE) AS episode,
    m.roll AS evidence_roll,
    m.row_key AS evidence_row_key,
    m.row_ref AS evidence_ref
FROM subject AS s
LEFT JOIN mark AS m ON m.person_id = s.person_id
LEFT JOIN known AS k ON k.person_id = s.person_id;
