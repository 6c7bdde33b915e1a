-- reads: nothing; writes: harm_token
-- why: the subjects of open cases, as tokens: the night can tell whose they are and not what they say.
CREATE OR REPLACE TABLE harm_token AS
SELECT UNNEST($tokens) AS token;
