-- reads: link, child, child_gone, enrolment, enrolment_gone, coverage, coverage_gone, contribution,
--   insured_identity, assistance_member, assistance_household, aid, disability, rehabilitation, attendance,
--   death, guardian, visit, planned, filed; writes: filed_person, filed_link, child_fact
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
    chr(31) || coalesce(l.method, '') || chr(31)
        || coalesce(CAST(round(l.weight, 2) AS VARCHAR), '') || chr(31)
        || coalesce(CAST(round(l.second_weight, 2) AS VARCHAR), '') || chr(31)
        || coalesce(l.explanation, '') || chr(31)
        || CASE WHEN l.current THEN '1' ELSE '' END AS told
FROM link AS l
JOIN filed_person AS f ON f.person_id = l.person_id;

CREATE OR REPLACE TABLE child_fact (
    person_id BIGINT, row_name VARCHAR, sealed BOOLEAN, line VARCHAR
);

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name,
    r.category IN ('501', '502', '503', '504', '505', '506')
        OR coalesce(regexp_matches(r.health, '艾滋|HIV'), FALSE)
        OR coalesce(r.exit_reason LIKE '%收养%', FALSE),
    l.row_name || l.told
        || chr(31) || coalesce(r.category, '')
        || chr(31) || coalesce(CAST(r.recognised_on AS VARCHAR), '')
        || chr(31) || coalesce(CAST(r.exit_on AS VARCHAR), '')
        || chr(31) || coalesce(r.exit_reason, '')
        || chr(31) || coalesce(r.last_paid_month, '')
        || chr(31) || coalesce(CAST(r.paid_monthly AS VARCHAR), '')
        || chr(31) || coalesce(r.child_type, '')
        || chr(31) || coalesce(r.care_mode, '')
        || chr(31) || coalesce(r.guardian_name, '')
        || chr(31) || coalesce(r.guardian_relation, '')
        || chr(31) || coalesce(r.guardianship, '')
        || chr(31) || coalesce(CAST(r.entered_on AS VARCHAR), '')
        || chr(31) || coalesce(r.entry_reason, '')
        || chr(31) || coalesce(r.health, '')
        || chr(31) || coalesce(r.schooling, '')
        || chr(31) || coalesce(r.needs, '')
        || chr(31) || coalesce(CAST(r.entrusted_care_on AS VARCHAR), '')
        || chr(31) || coalesce(CAST(r.returned_on AS VARCHAR), '')
        || chr(31) || CASE r.both_parents_away WHEN TRUE THEN '1' WHEN FALSE THEN '0' ELSE '' END
        || chr(31) || coalesce(r.former_name, '')
        || chr(31) || coalesce(r.pet_name, '')
FROM filed_link AS l
JOIN child AS r ON r.row_key = l.row_key AND r.source = l.source AND r.roll = l.roll AND r.row_ref = l.row_ref
    AND l.table_name = 'child';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name,
    r.category IN ('501', '502', '503', '504', '505', '506')
        OR coalesce(regexp_matches(r.health, '艾滋|HIV'), FALSE)
        OR coalesce(r.exit_reason LIKE '%收养%', FALSE),
    l.row_name || l.told
        || chr(31) || coalesce(r.category, '')
        || chr(31) || coalesce(CAST(r.recognised_on AS VARCHAR), '')
        || chr(31) || coalesce(CAST(r.exit_on AS VARCHAR), '')
        || chr(31) || coalesce(r.exit_reason, '')
        || chr(31) || coalesce(r.last_paid_month, '')
        || chr(31) || coalesce(CAST(r.paid_monthly AS VARCHAR), '')
        || chr(31) || coalesce(r.child_type, '')
        || chr(31) || coalesce(r.care_mode, '')
        || chr(31) || coalesce(r.guardian_name, '')
        || chr(31) || coalesce(r.guardian_relation, '')
        || chr(31) || coalesce(r.guardianship, '')
        || chr(31) || coalesce(CAST(r.entered_on AS VARCHAR), '')
        || chr(31) || coalesce(r.entry_reason, '')
        || chr(31) || coalesce(r.health, '')
        || chr(31) || coalesce(r.schooling, '')
        || chr(31) || coalesce(r.needs, '')
        || chr(31) || coalesce(CAST(r.entrusted_care_on AS VARCHAR), '')
        || chr(31) || coalesce(CAST(r.returned_on AS VARCHAR), '')
        || chr(31) || CASE r.both_parents_away WHEN TRUE THEN '1' WHEN FALSE THEN '0' ELSE '' END
        || chr(31) || coalesce(r.former_name, '')
        || chr(31) || coalesce(r.pet_name, '')
FROM filed_link AS l
JOIN child_gone AS r ON r.row_key = l.row_key AND r.source = l.source AND r.roll = l.roll AND r.row_ref = l.row_ref
    AND l.table_name = 'child';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name,
    FALSE,
    l.row_name || l.told
        || chr(31) || coalesce(r.school_name, '')
        || chr(31) || coalesce(CAST(r.grade AS VARCHAR), '')
        || chr(31) || coalesce(r.status, '')
        || chr(31) || coalesce(CAST(r.status_on AS VARCHAR), '')
        || chr(31) || coalesce(CAST(r.leave_until AS VARCHAR), '')
        || chr(31) || coalesce(r.entered_month, '')
        || chr(31) || coalesce(r.graduated_month, '')
        || chr(31) || coalesce(r.boarding, '')
        || chr(31) || coalesce(r.inclusive_class, '')
FROM filed_link AS l
JOIN enrolment AS r ON r.row_key = l.row_key AND r.source = l.source AND r.roll = l.roll AND r.row_ref = l.row_ref
    AND l.table_name = 'enrolment';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name,
    FALSE,
    l.row_name || l.told
        || chr(31) || coalesce(r.school_name, '')
        || chr(31) || coalesce(CAST(r.grade AS VARCHAR), '')
        || chr(31) || coalesce(r.status, '')
        || chr(31) || coalesce(CAST(r.status_on AS VARCHAR), '')
        || chr(31) || coalesce(CAST(r.leave_until AS VARCHAR), '')
        || chr(31) || coalesce(r.entered_month, '')
        || chr(31) || coalesce(r.graduated_month, '')
        || chr(31) || coalesce(r.boarding, '')
        || chr(31) || coalesce(r.inclusive_class, '')
FROM filed_link AS l
JOIN enrolment_gone AS r ON r.row_key = l.row_key AND r.source = l.source AND r.roll = l.roll AND r.row_ref = l.row_ref
    AND l.table_name = 'enrolment';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name,
    FALSE,
    l.row_name || l.told
        || chr(31) || coalesce(CAST(r.insurance_year AS VARCHAR), '')
        || chr(31) || coalesce(r.scheme, '')
        || chr(31) || coalesce(r.status, '')
        || chr(31) || coalesce(CAST(r.started_on AS VARCHAR), '')
        || chr(31) || coalesce(CAST(r.paused_on AS VARCHAR), '')
        || chr(31) || CASE r.paid WHEN TRUE THEN '1' WHEN FALSE THEN '0' ELSE '' END
        || chr(31) || coalesce(CAST(r.paid_on AS VARCHAR), '')
        || chr(31) || coalesce(r.insured_division, '')
FROM filed_link AS l
JOIN coverage AS r ON r.row_key = l.row_key AND r.source = l.source AND r.roll = l.roll AND r.row_ref = l.row_ref
    AND l.table_name = 'coverage';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name,
    FALSE,
    l.row_name || l.told
        || chr(31) || coalesce(CAST(r.insurance_year AS VARCHAR), '')
        || chr(31) || coalesce(r.scheme, '')
        || chr(31) || coalesce(r.status, '')
        || chr(31) || coalesce(CAST(r.started_on AS VARCHAR), '')
        || chr(31) || coalesce(CAST(r.paused_on AS VARCHAR), '')
        || chr(31) || CASE r.paid WHEN TRUE THEN '1' WHEN FALSE THEN '0' ELSE '' END
        || chr(31) || coalesce(CAST(r.paid_on AS VARCHAR), '')
        || chr(31) || coalesce(r.insured_division, '')
FROM filed_link AS l
JOIN coverage_gone AS r ON r.row_key = l.row_key AND r.source = l.source AND r.roll = l.roll AND r.row_ref = l.row_ref
    AND l.table_name = 'coverage';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name,
    FALSE,
    l.row_name || l.told
        || chr(31) || coalesce(CAST(r.year AS VARCHAR), '')
        || chr(31) || coalesce(r.identity, '')
        || chr(31) || coalesce(CAST(r.paid_by_person AS VARCHAR), '')
        || chr(31) || coalesce(CAST(r.paid_by_finance AS VARCHAR), '')
        || chr(31) || coalesce(CAST(r.paid_by_other AS VARCHAR), '')
        || chr(31) || coalesce(CAST(r.paid_on AS VARCHAR), '')
FROM filed_link AS l
JOIN contribution AS r ON r.row_key = l.row_key AND r.source = l.source AND r.roll = l.roll AND r.row_ref = l.row_ref
    AND l.table_name = 'contribution';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name,
    FALSE,
    l.row_name || l.told
        || chr(31) || coalesce(r.identity, '')
        || chr(31) || coalesce(CAST(r.begin_on AS VARCHAR), '')
        || chr(31) || coalesce(CAST(r.end_on AS VARCHAR), '')
FROM filed_link AS l
JOIN insured_identity AS r ON r.row_key = l.row_key AND r.source = l.source AND r.roll = l.roll AND r.row_ref = l.row_ref
    AND l.table_name = 'insured_identity';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name,
    FALSE,
    l.row_name || l.told
        || chr(31) || coalesce(h.kind, '')
        || chr(31) || coalesce(h.begin_month, '')
        || chr(31) || coalesce(h.end_month, '')
        || chr(31) || coalesce(h.card_status, '')
        || chr(31) || coalesce(r.relation, '')
        || chr(31) || coalesce(r.health, '')
        || chr(31) || coalesce(r.disability, '')
        || chr(31) || coalesce(r.disability_grade, '')
FROM filed_link AS l
JOIN assistance_member AS r ON r.row_key = l.row_key AND r.source = l.source AND r.roll = l.roll AND r.row_ref = l.row_ref
    AND l.table_name = 'assistance_member'
LEFT JOIN assistance_household AS h
    ON h.family_id = r.family_id AND h.source = r.source AND h.roll = r.roll;

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name,
    FALSE,
    l.row_name || l.told
        || chr(31) || coalesce(r.month, '')
        || chr(31) || coalesce(r.kind, '')
        || chr(31) || coalesce(CAST(r.amount AS VARCHAR), '')
        || chr(31) || coalesce(r.nature, '')
        || chr(31) || coalesce(CAST(r.paid_on AS VARCHAR), '')
        || chr(31) || CASE r.paid_to_household WHEN TRUE THEN '1' WHEN FALSE THEN '0' ELSE '' END
FROM filed_link AS l
JOIN aid AS r ON r.row_key = l.row_key AND r.source = l.source AND r.roll = l.roll AND r.row_ref = l.row_ref
    AND l.table_name = 'aid';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name,
    FALSE,
    l.row_name || l.told
        || chr(31) || coalesce(r.kind, '')
        || chr(31) || coalesce(r.grade, '')
        || chr(31) || coalesce(CAST(r.issued_on AS VARCHAR), '')
        || chr(31) || coalesce(CAST(r.valid_until AS VARCHAR), '')
FROM filed_link AS l
JOIN disability AS r ON r.row_key = l.row_key AND r.source = l.source AND r.roll = l.roll AND r.row_ref = l.row_ref
    AND l.table_name = 'disability';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name,
    FALSE,
    l.row_name || l.told
        || chr(31) || coalesce(r.kind, '')
        || chr(31) || coalesce(CAST(r.done_on AS VARCHAR), '')
FROM filed_link AS l
JOIN rehabilitation AS r ON r.row_key = l.row_key AND r.source = l.source AND r.roll = l.roll AND r.row_ref = l.row_ref
    AND l.table_name = 'rehabilitation';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name,
    FALSE,
    l.row_name || l.told
        || chr(31) || coalesce(r.month, '')
        || chr(31) || coalesce(CAST(r.absent_days AS VARCHAR), '')
        || chr(31) || CASE r.suspected WHEN TRUE THEN '1' WHEN FALSE THEN '0' ELSE '' END
        || chr(31) || coalesce(r.reason, '')
FROM filed_link AS l
JOIN attendance AS r ON r.row_key = l.row_key AND r.source = l.source AND r.roll = l.roll AND r.row_ref = l.row_ref
    AND l.table_name = 'attendance';

INSERT INTO child_fact
SELECT
    l.person_id, l.row_name,
    FALSE,
    l.row_name || l.told
        || chr(31) || coalesce(CAST(r.died_on AS VARCHAR), '')
        || chr(31) || CASE r.confirmed WHEN TRUE THEN '1' WHEN FALSE THEN '0' ELSE '' END
FROM filed_link AS l
JOIN death AS r ON r.row_key = l.row_key AND r.source = l.source AND r.roll = l.roll AND r.row_ref = l.row_ref
    AND l.table_name = 'death';

INSERT INTO child_fact
SELECT
    l.person_id,
    'guardian' || chr(31) || r.source || chr(31) || r.roll || chr(31) || r.row_ref,
    r.state IS NOT NULL,
    'guardian' || chr(31) || r.source || chr(31) || r.roll || chr(31) || r.row_ref || l.told
        || chr(31) || coalesce(r.name, '')
        || chr(31) || coalesce(r.role, '')
        || chr(31) || coalesce(r.relation, '')
        || chr(31) || coalesce(r.state, '')
        || chr(31) || coalesce(CAST(r.state_from AS VARCHAR), '')
        || chr(31) || coalesce(CAST(r.state_until AS VARCHAR), '')
FROM filed_link AS l
JOIN guardian AS r ON r.child_row_key = l.row_key AND r.source = l.source AND l.table_name = 'child';

INSERT INTO child_fact
SELECT
    l.person_id,
    'visit' || chr(31) || r.source || chr(31) || r.roll || chr(31) || r.row_ref,
    FALSE,
    'visit' || chr(31) || r.source || chr(31) || r.roll || chr(31) || r.row_ref || l.told
        || chr(31) || coalesce(r.kind, '')
        || chr(31) || coalesce(CAST(r.made_on AS VARCHAR), '')
FROM filed_link AS l
JOIN visit AS r ON r.child_row_key = l.row_key AND r.source = l.source AND l.table_name = 'child';
