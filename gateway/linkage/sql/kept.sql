-- reads: nothing; writes: kept_person, kept_row, kept_number, kept_edge, kept_pair, kept_about, kept_lesson, kept_link, kept_undecided
-- why: what an earlier night keeps of its answer; of a first night there is nothing.
CREATE TABLE IF NOT EXISTS kept_person (person_id BIGINT, registered BOOLEAN, mark UBIGINT);

CREATE TABLE IF NOT EXISTS kept_row (stage INTEGER, mark UBIGINT);

CREATE TABLE IF NOT EXISTS kept_number (stage INTEGER, mark UBIGINT, number UBIGINT);

CREATE TABLE IF NOT EXISTS kept_edge (stage INTEGER, mark UBIGINT, person_id BIGINT);

CREATE TABLE IF NOT EXISTS kept_pair (
    stage INTEGER, mark UBIGINT, person_id BIGINT, table_name VARCHAR, source VARCHAR, holder VARCHAR,
    quarantined BOOLEAN, current BOOLEAN, number VARCHAR, name VARCHAR, birth_date VARCHAR,
    sex VARCHAR, household VARCHAR, school VARCHAR, rarity DOUBLE, score DOUBLE
);

CREATE TABLE IF NOT EXISTS kept_about (stage INTEGER, person_id BIGINT, what UBIGINT);

CREATE TABLE IF NOT EXISTS kept_lesson (stage INTEGER, person_id BIGINT, id_number VARCHAR);

CREATE TABLE IF NOT EXISTS kept_link (
    stage INTEGER, mark UBIGINT, person_id BIGINT, source VARCHAR, roll VARCHAR, table_name VARCHAR,
    row_key VARCHAR, row_ref VARCHAR, method VARCHAR, weight DOUBLE, explanation VARCHAR,
    current BOOLEAN, second_person_id BIGINT, second_weight DOUBLE
);

CREATE TABLE IF NOT EXISTS kept_undecided (
    stage INTEGER, mark UBIGINT, person_id BIGINT, source VARCHAR, roll VARCHAR, table_name VARCHAR,
    row_key VARCHAR, row_ref VARCHAR, quarantined BOOLEAN, why VARCHAR, weight DOUBLE
);
