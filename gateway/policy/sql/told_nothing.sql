-- reads: nothing; writes: told_excuse
-- why: most sites have no old ledger; what one said is loaded before (gateway/pipeline/handled.py).
CREATE TABLE IF NOT EXISTS told_excuse (
    person_id BIGINT, matter VARCHAR, code VARCHAR, expires_on DATE
);
