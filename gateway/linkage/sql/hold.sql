-- reads: verdict, found, link, learned; writes: undecided
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
    SELECT *
    FROM open_pair AS o
    WHERE o.strong
        OR (o.name = '=' AND o.guardian = '=')
        OR (o.birth = '=' AND o.guardian = '=' AND o.sex <> '!')
        OR (
            o.name = '=' AND o.birth IN ('~', '?') AND o.number <> '!'
            AND (o.place <> '!' OR o.bearers <= $few)
        )
        OR (o.name = '~' AND o.birth = '~' AND (o.guardian = '=' OR o.place = 'v'))
        OR (
            o.name = '~' AND o.birth = '=' AND o.number <> '!'
            AND (o.sex <> '!' OR o.place IN ('v', 't'))
        )
        OR (
            o.same_surname AND o.birth = '=' AND o.number <> '!' AND o.sex <> '!'
            AND o.place IN ('v', 't')
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
