-- reads: registry_state, guardian; writes: guardian_row, parent_state
-- why: what is recorded of each registered child's parents and guardian. Prison, detoxification, lost liberty
--   and lost contact count when they last six months or more.
CREATE OR REPLACE TABLE guardian_row AS
SELECT
    r.person_id, g.role, g.state, g.state_from, g.state_until, g.birth_date, g.roll, g.row_key, g.row_ref,
    g.state IN ('dead', 'declared_dead', 'declared_missing') AS gone,
    g.state IN ('prison', 'detoxification', 'liberty_restricted') AS in_custody,
    coalesce(g.state IN ('ill', 'severely_disabled', 'guardianship_revoked', 'deported')
        OR (g.state IN ('prison', 'detoxification', 'liberty_restricted', 'lost_contact')
            AND coalesce(g.state_until, $as_of) >= g.state_from + INTERVAL 6 MONTH), FALSE) AS unable
FROM registry_state AS r
JOIN guardian AS g ON g.child_row_key = r.row_key AND g.source = r.source
WHERE coalesce(g.state_from <= $as_of, TRUE) AND coalesce(g.state_until >= $as_of, TRUE);

CREATE OR REPLACE TABLE parent_state AS
SELECT
    person_id,
    coalesce(bool_or(role = 'father' AND gone) AND bool_or(role = 'mother' AND gone), FALSE) AS both_gone,
    coalesce(bool_or(role = 'father' AND (gone OR unable))
        AND bool_or(role = 'mother' AND (gone OR unable)), FALSE) AS both_gone_or_unable,
    count(*) FILTER (WHERE role = 'guardian') AS guardians,
    coalesce(bool_or(role = 'guardian' AND gone), FALSE) AS guardian_dead,
    coalesce(bool_or(role = 'guardian' AND in_custody), FALSE) AS guardian_in_custody,
    coalesce(bool_or(role = 'guardian' AND birth_date > $adult_born_by), FALSE) AS guardian_under_age,
    min(state_until) FILTER (
        WHERE role IN ('father', 'mother') AND state IN ('prison', 'detoxification', 'liberty_restricted')
    ) AS term_ends,
    min(state_from) FILTER (WHERE gone OR unable) AS since,
    min_by(roll, row_ref) AS roll, min_by(row_key, (row_ref, row_key)) AS row_key, min(row_ref) AS row_ref
FROM guardian_row
GROUP BY person_id;
