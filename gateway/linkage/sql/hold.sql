-- reads: verdict, found, link, learned, namesakes, daymates; writes: undecided
-- why: whoever could be somebody else is held. A person without a current row of the roll is held by
--   every likeness; one that has a row only by a strong one (it may have a second row).
INSERT INTO undecided
WITH open_pair AS (
    SELECT
        v.*,
        v.number IN ('=', '~', 's') OR v.own OR (v.name = '=' AND v.birth = '=') AS strong
    FROM verdict AS v
    WHERE (v.current OR v.quarantined)
        AND NOT EXISTS (
            SELECT 1 FROM found AS f WHERE f.table_name = v.table_name AND f.row_ref = v.row_ref
        )
        -- The person's number is known by now, and the row has a good one of its own: the veto.
        AND NOT EXISTS (
            SELECT 1 FROM learned AS n
            WHERE n.person_id = v.person_id AND n.id_number <> v.row_number
        )
        -- A sibling's row that carries this child's number is the sibling's.
        AND NOT (
            v.number = '=' AND v.name = '!' AND v.birth = '!' AND v.same_surname
            AND (v.guardian = '=' OR v.place IN ('v', 't'))
        )
),
alike AS (
    SELECT o.*
    FROM open_pair AS o
    LEFT JOIN namesakes AS n ON n.table_name = o.table_name AND n.name_key = o.name_key
    LEFT JOIN daymates AS d
        ON d.table_name = o.table_name AND d.birth_date = o.birth_date
        AND d.surname = left(o.name_key, 1)
    WHERE o.strong
        OR (o.name = '=' AND o.guardian = '=')
        OR (o.birth = '=' AND o.guardian = '=' AND o.sex <> '!')
        OR (o.name = '~' AND o.birth = '~' AND o.guardian = '=')
        OR (
            o.name = '=' AND o.birth IN ('~', '?') AND o.sex <> '!'
            AND CASE o.place
                WHEN 'v' THEN TRUE
                WHEN 't' THEN TRUE
                WHEN '!' THEN o.number <> '!' AND n.bearers <= $few_bearers
                WHEN '~' THEN o.number <> '!' AND n.bearers <= $few_bearers
                ELSE o.number <> '!'
            END
        )
        OR (
            o.name = '~' AND o.birth = '='
            AND CASE o.place
                WHEN 'v' THEN TRUE
                WHEN 't' THEN TRUE
                WHEN '!' THEN o.sex <> '!' AND d.bearers <= $few_daymates
                WHEN '~' THEN o.sex <> '!' AND d.bearers <= $few_daymates
                ELSE o.sex <> '!'
            END
        )
        OR (
            o.birth = '=' AND o.sex <> '!' AND o.place IN ('v', 't')
            AND (o.same_surname OR o.same_given)
        )
        -- Of a child without a good number less is asked: there is less to tell it apart by.
        OR (
            o.name = '~' AND o.birth IN ('~', '?') AND o.sex <> '!' AND o.place = 'v'
            AND (NOT o.person_firm OR (o.birth = '?' AND o.table_name = 'assistance_member'))
        )
)
SELECT
    a.person_id, a.source, a.roll, a.table_name, a.row_key, a.row_ref, a.quarantined,
    'number' || a.number || ';name' || a.name || ';birth' || a.birth || ';sex' || a.sex
        || ';guardian' || a.guardian || ';place' || a.place
FROM alike AS a
WHERE a.strong OR NOT EXISTS (
    SELECT 1 FROM link AS l
    WHERE l.person_id = a.person_id AND l.table_name = a.table_name AND l.current
);
