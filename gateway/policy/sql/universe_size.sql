-- reads: subject; writes: county_size, universe_size
-- why: how many children each rule is about, counted once a night, and apart from the outcomes so that the
--   two can differ.
CREATE OR REPLACE TABLE county_size AS
SELECT county, registered, assisted, count(*) AS subjects
FROM subject
GROUP BY county, registered, assisted;

CREATE OR REPLACE TABLE universe_size AS
SELECT
    count(DISTINCT person_id) AS population,
    count(DISTINCT person_id) FILTER (WHERE registered) AS registry,
    count(DISTINCT person_id) FILTER (WHERE assisted) AS assistance,
    sum(hash(person_id)) AS population_prints,
    sum(hash(person_id)) FILTER (WHERE registered) AS registry_prints,
    sum(hash(person_id)) FILTER (WHERE assisted) AS assistance_prints
FROM subject;
