-- reads: nothing; writes: outcome, outcome_sum
-- why: the empty tables of tonight's outcomes: `outcome_sum` counts exactly one for each subject of each rule,
--   `outcome` spells out those that somebody is asked about (gateway/policy/evaluation.py).
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

CREATE OR REPLACE TABLE outcome_sum (
    rule VARCHAR,
    kind VARCHAR,
    reason VARCHAR,
    held_by VARCHAR,
    subjects BIGINT
);
