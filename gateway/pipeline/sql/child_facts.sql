-- reads: link, child, child_gone, enrolment, enrolment_gone, coverage, coverage_gone, contribution,
--   insured_identity, assistance_member, assistance_household, aid, disability, rehabilitation, attendance,
--   death, guardian, visit, planned, filed; writes: filed_person, filed_link, whole_child,
--   whole_enrolment, whole_coverage, child_fact
-- why: what tonight's rolls say of every child who has a case, a line a row (gateway/model/child_files.py);
--   what only class 3 may tell stands apart. The key leaves out weights: they move with every night.
CREATE OR REPLACE TABLE filed_person AS
SELECT person_id FROM planned WHERE event IS NOT NULL AND person_id IS NOT NULL
UNION
SELECT person_id FROM filed;

CREATE OR REPLACE TABLE filed_link AS
SELECT
    l.person_id, l.table_name, l.source, l.roll, l.row_key, l.row_ref,
    l.table_name || chr(31) || l.source || chr(31) || l.roll || chr(31) || l.row_ref AS row_name,
    fact(l.method) || fact(round(l.weight, 2)) || fact(round(l.second_weight, 2)) || fact(l.explanation)
        || chr(31) || CASE WHEN l.current THEN '1' ELSE '' END AS told
FROM link AS l
JOIN filed_person AS f ON f.person_id = l.person_id;

-- Who left these rolls keeps the last that they said.
CREATE OR REPLACE VIEW whole_child AS SELECT * FROM child UNION ALL BY NAME SELECT * FROM child_gone;
CREATE OR REPLACE VIEW whole_enrolment AS SELECT * FROM enrolment UNION ALL BY NAME SELECT * FROM enrolment_gone;
CREATE OR REPLACE VIEW whole_coverage AS SELECT * FROM coverage UNION ALL BY NAME SELECT * FROM coverage_gone;

CREATE OR REPLACE TABLE child_fact (
    person_id BIGINT, row_name VARCHAR, sealed BOOLEAN, line VARCHAR
);

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name,
    coalesce(r.category IN ('501', '502', '503', '504', '505', '506'), FALSE)
        OR coalesce(regexp_matches(r.health, '艾滋|HIV'), FALSE)
        OR coalesce(r.exit_reason LIKE '%收养%', FALSE),
    l.row_name || l.told
        || fact(r.category) || fact(r.recognised_on) || fact(r.exit_on) || fact(r.exit_reason)
        || fact(r.last_paid_month) || fact(r.paid_monthly) || fact(r.child_type)
        || fact(r.care_mode) || fact(r.guardian_name) || fact(r.guardian_relation)
        || fact(r.guardianship) || fact(r.entered_on) || fact(r.entry_reason) || fact(r.health)
        || fact(r.schooling) || fact(r.needs) || fact(r.entrusted_care_on) || fact(r.returned_on)
        || fact_yes(r.both_parents_away) || fact(r.former_name) || fact(r.pet_name)
FROM filed_link AS l
JOIN whole_child AS r USING (source, roll, row_key, row_ref)
WHERE l.table_name = 'child';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name, FALSE,
    l.row_name || l.told
        || fact(r.school_name) || fact(r.grade) || fact(r.status) || fact(r.status_on)
        || fact(r.leave_until) || fact(r.entered_month) || fact(r.graduated_month)
        || fact(r.boarding) || fact(r.inclusive_class)
FROM filed_link AS l
JOIN whole_enrolment AS r USING (source, roll, row_key, row_ref)
WHERE l.table_name = 'enrolment';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name, FALSE,
    l.row_name || l.told
        || fact(r.insurance_year) || fact(r.scheme) || fact(r.status) || fact(r.started_on)
        || fact(r.paused_on) || fact_yes(r.paid) || fact(r.paid_on) || fact(r.insured_division)
FROM filed_link AS l
JOIN whole_coverage AS r USING (source, roll, row_key, row_ref)
WHERE l.table_name = 'coverage';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name, FALSE,
    l.row_name || l.told
        || fact(r.year) || fact(r.identity) || fact(r.paid_by_person) || fact(r.paid_by_finance)
        || fact(r.paid_by_other) || fact(r.paid_on)
FROM filed_link AS l
JOIN contribution AS r USING (source, roll, row_key, row_ref)
WHERE l.table_name = 'contribution';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name, FALSE,
    l.row_name || l.told
        || fact(r.identity) || fact(r.begin_on) || fact(r.end_on)
FROM filed_link AS l
JOIN insured_identity AS r USING (source, roll, row_key, row_ref)
WHERE l.table_name = 'insured_identity';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name, FALSE,
    l.row_name || l.told
        || fact(h.kind) || fact(h.begin_month) || fact(h.end_month) || fact(h.card_status)
        || fact(r.relation) || fact(r.health) || fact(r.disability) || fact(r.disability_grade)
FROM filed_link AS l
JOIN assistance_member AS r USING (source, roll, row_key, row_ref)
LEFT JOIN assistance_household AS h
    ON h.family_id = r.family_id AND h.source = r.source AND h.roll = r.roll
WHERE l.table_name = 'assistance_member';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name, FALSE,
    l.row_name || l.told
        || fact(r.month) || fact(r.kind) || fact(r.amount) || fact(r.nature) || fact(r.paid_on)
        || fact_yes(r.paid_to_household)
FROM filed_link AS l
JOIN aid AS r USING (source, roll, row_key, row_ref)
WHERE l.table_name = 'aid';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name, FALSE,
    l.row_name || l.told
        || fact(r.kind) || fact(r.grade) || fact(r.issued_on) || fact(r.valid_until)
FROM filed_link AS l
JOIN disability AS r USING (source, roll, row_key, row_ref)
WHERE l.table_name = 'disability';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name, FALSE,
    l.row_name || l.told
        || fact(r.kind) || fact(r.done_on)
FROM filed_link AS l
JOIN rehabilitation AS r USING (source, roll, row_key, row_ref)
WHERE l.table_name = 'rehabilitation';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name, FALSE,
    l.row_name || l.told
        || fact(r.month) || fact(r.absent_days) || fact_yes(r.suspected) || fact(r.reason)
FROM filed_link AS l
JOIN attendance AS r USING (source, roll, row_key, row_ref)
WHERE l.table_name = 'attendance';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name, FALSE,
    l.row_name || l.told
        || fact(r.died_on) || fact_yes(r.confirmed)
FROM filed_link AS l
JOIN death AS r USING (source, roll, row_key, row_ref)
WHERE l.table_name = 'death';

INSERT INTO child_fact
SELECT
    l.person_id,
    'guardian' || chr(31) || r.source || chr(31) || r.roll || chr(31) || r.row_ref,
    r.state IS NOT NULL,
    'guardian' || chr(31) || r.source || chr(31) || r.roll || chr(31) || r.row_ref || l.told
        || fact(r.name) || fact(r.role) || fact(r.relation) || fact(r.state) || fact(r.state_from)
        || fact(r.state_until)
FROM filed_link AS l
JOIN guardian AS r ON r.child_row_key = l.row_key AND r.source = l.source AND l.table_name = 'child';

INSERT INTO child_fact
SELECT
    l.person_id,
    'visit' || chr(31) || r.source || chr(31) || r.roll || chr(31) || r.row_ref,
    FALSE,
    'visit' || chr(31) || r.source || chr(31) || r.roll || chr(31) || r.row_ref || l.told
        || fact(r.kind) || fact(r.made_on)
FROM filed_link AS l
JOIN visit AS r ON r.child_row_key = l.row_key AND r.source = l.source AND l.table_name = 'child';
