-- reads: nothing; writes: outcome
-- why: the empty table of tonight's outcomes: exactly one row for each subject of each rule.
CREATE OR REPLACE TABLE outcome (
    rule VARCHAR,
    rule_version INTEGER,
    person_id BIGINT,
    source VARCHAR,
    scope VARCHAR,
    division VARCHAR,
    kind VARCHAR,
    reason VARCHAR,
    answer VARCHAR,
    severity VARCHAR,
    due_days INTEGER,
    owner VARCHAR,
    episode DATE,
    evidence_roll VARCHAR,
    evidence_row_key VARCHAR,
    evidence_ref VARCHAR,
    access VARCHAR,
    finding_key VARCHAR,
    held_by VARCHAR,
    excused_until DATE
);
