-- reads: nothing; writes: macros that compare two people; why: one reading of near dates, near numbers
-- and agreement for all steps. Marks: = same, ~ near, ? not known on one side, ! differs.

-- yyyymmdd as a whole number, of a date and of a valid number.
CREATE OR REPLACE TEMP MACRO day_digits(d) AS year(d) * 10000 + month(d) * 100 + day(d);
CREATE OR REPLACE TEMP MACRO number_digits(n) AS CAST(substr(n, 7, 8) AS INTEGER);
CREATE OR REPLACE TEMP MACRO number_date(n) AS make_date(
    number_digits(n) // 10000, number_digits(n) // 100 % 100, number_digits(n) % 100
);
CREATE OR REPLACE TEMP MACRO number_sex(n) AS
    CASE WHEN CAST(substr(n, 17, 1) AS INTEGER) % 2 = 1 THEN '1' ELSE '2' END;

-- The slips that clerks make in a birth date: Excel's one day, the lunar calendar (17 to 52 days),
-- month and day swapped, 1 January, a year off, one digit.
CREATE OR REPLACE TEMP MACRO date_near(a, b) AS CASE
    WHEN a IS NULL OR b IS NULL THEN FALSE
    WHEN abs(date_diff('day', a, b)) <= 1 THEN TRUE
    WHEN abs(date_diff('day', a, b)) BETWEEN 15 AND 60 THEN TRUE
    WHEN year(a) = year(b) AND month(a) = day(b) AND day(a) = month(b) THEN TRUE
    WHEN year(a) = year(b) AND (dayofyear(a) = 1 OR dayofyear(b) = 1) THEN TRUE
    WHEN abs(year(a) - year(b)) = 1 AND month(a) = month(b) AND abs(day(a) - day(b)) <= 1 THEN TRUE
    ELSE hamming(CAST(day_digits(a) AS VARCHAR), CAST(day_digits(b) AS VARCHAR)) = 1
END;

-- Whether a row's number could be its own: a child's, and the row's birth date is missing, the same
-- or near. `grown` is the birth date that no child has: a number of then is the guardian's.
CREATE OR REPLACE TEMP MACRO number_fits(n, born, grown) AS CASE
    WHEN n IS NULL THEN FALSE
    WHEN born > grown AND number_digits(n) = day_digits(born) THEN TRUE
    WHEN number_digits(n) <= day_digits(grown) THEN FALSE
    WHEN born IS NULL THEN TRUE
    ELSE date_near(number_date(n), born)
END;

-- One wrong, missing or doubled digit, or two neighbours swapped: always seen by the check digit, so
-- two valid numbers are never near.
CREATE OR REPLACE TEMP MACRO number_near(a, b) AS CASE
    WHEN strlen(a) < 17 OR strlen(b) < 17 OR abs(strlen(a) - strlen(b)) > 1 THEN FALSE
    WHEN strlen(a) = strlen(b) AND hamming(a, b) <= 1 THEN TRUE
    WHEN strlen(a) = strlen(b) AND hamming(a, b) > 2 THEN FALSE
    ELSE damerau_levenshtein(a, b) <= 1
END;

-- One character written as another, or one dropped. DuckDB's levenshtein counts bytes, so it only
-- serves for long names, where three bytes are one character in most.
CREATE OR REPLACE TEMP MACRO one_other(a, b) AS length(a) = length(b) AND CASE
    WHEN left(a, 1) <> left(b, 1) THEN substr(a, 2) = substr(b, 2)
    WHEN substr(a, 2, 1) <> substr(b, 2, 1) THEN substr(a, 3) = substr(b, 3)
    WHEN substr(a, 3, 1) <> substr(b, 3, 1) THEN substr(a, 4) = substr(b, 4)
    ELSE levenshtein(substr(a, 4), substr(b, 4)) <= 3
END;
CREATE OR REPLACE TEMP MACRO one_more(long, short) AS length(long) = length(short) + 1 AND (
    left(long, length(short)) = short
    OR left(long, 1) || substr(long, 3) = short
    OR left(long, 2) || substr(long, 4) = short
    OR left(long, 3) || substr(long, 5) = short
);

CREATE OR REPLACE TEMP MACRO name_mark(a, b) AS CASE
    WHEN a IS NULL OR b IS NULL THEN '?'
    WHEN a = b THEN '='
    WHEN length(a) >= 3 AND one_other(a, b) THEN '~'
    WHEN length(a) >= 2 AND length(b) >= 2 AND (one_more(a, b) OR one_more(b, a)) THEN '~'
    WHEN a LIKE translate(b, '?□', '__') OR b LIKE translate(a, '?□', '__') THEN '~'
    ELSE '!'
END;

-- The same given name under another surname, compound ones too.
CREATE OR REPLACE TEMP MACRO same_given(a, b) AS
    substr(a, 2) = substr(b, 2) OR (length(a) >= 3 AND length(b) >= 3 AND right(a, 2) = right(b, 2));

CREATE OR REPLACE TEMP MACRO date_mark(a, b) AS CASE
    WHEN a IS NULL OR b IS NULL THEN '?' WHEN a = b THEN '=' WHEN date_near(a, b) THEN '~' ELSE '!'
END;

CREATE OR REPLACE TEMP MACRO same_mark(a, b) AS CASE
    WHEN a IS NULL OR b IS NULL THEN '?' WHEN a = b THEN '=' ELSE '!'
END;

-- 0 unknown or 9 unsaid (GB/T 2261.1) say nothing.
CREATE OR REPLACE TEMP MACRO sex_mark(a, b) AS CASE
    WHEN a IN ('1', '2') AND b IN ('1', '2') THEN same_mark(a, b) ELSE '?'
END;

-- Household is one fact: name and number of the guardian are one piece of evidence, not two.
CREATE OR REPLACE TEMP MACRO guardian_mark(name_a, id_a, name_b, id_b) AS CASE
    WHEN id_a = id_b OR name_a = name_b THEN '=' ELSE same_mark(name_a, name_b)
END;

-- v village, t town, c same county and one of the two says no more, ~ same county, other town.
CREATE OR REPLACE TEMP MACRO place_mark(a, b) AS CASE
    WHEN a IS NULL OR b IS NULL THEN '?'
    WHEN left(a, 6) <> left(b, 6) THEN '!'
    WHEN substr(a, 7, 3) IN ('', '000') OR substr(b, 7, 3) IN ('', '000') THEN 'c'
    WHEN left(a, 9) <> left(b, 9) THEN '~'
    WHEN a = b AND substr(a, 10, 3) <> '000' THEN 'v'
    ELSE 't'
END;
