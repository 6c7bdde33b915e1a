-- reads: nothing; writes: macros of a line of facts; why: what one value adds to the line, U+001F in front.
CREATE OR REPLACE TEMP MACRO fact(said) AS chr(31) || coalesce(CAST(said AS VARCHAR), '');
CREATE OR REPLACE TEMP MACRO fact_yes(said) AS
    chr(31) || CASE said WHEN TRUE THEN '1' WHEN FALSE THEN '0' ELSE '' END;
