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

-- Bits in whole quarters.
CREATE OR REPLACE TEMP MACRO quarter(bits) AS floor(bits * 4 + 0.5) / 4;

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
    WHEN strlen(a) < 17 OR strlen(b) < 17 OR greatest(strlen(a), strlen(b)) > 60 OR abs(strlen(a) - strlen(b)) > 1 THEN FALSE
    WHEN strlen(a) = strlen(b) AND hamming(a, b) <= 1 THEN TRUE
    WHEN strlen(a) = strlen(b) AND hamming(a, b) > 2 THEN FALSE
    ELSE damerau_levenshtein(a, b) <= 1
END;

-- Papers of another kind (passports, permits, numbers that a school gives) have no check digit. Eight digits may
-- be a birth date, ten or more the beginning of a resident number, which many share.
CREATE OR REPLACE TEMP MACRO paper(a) AS
    strlen(a) < 17 AND regexp_full_match(a, '[A-Z]{1,3}[0-9]{6,10}|[0-9]{7}|[0-9]{9}');
-- One slip, but not at the end: papers of brothers and sisters, made out one after the other, differ there.
-- Eleven characters end with two digits that count renewals (permits of Hong Kong and Macau).
CREATE OR REPLACE TEMP MACRO paper_near(a, b) AS
    right(a, 2) = right(b, 2) AND a <> b AND paper(a) AND paper(b)
    AND (greatest(strlen(a), strlen(b)) < 11 OR right(a, 4) = right(b, 4))
    AND damerau_levenshtein(a, b) <= 1;

-- One character written as another, or one dropped. DuckDB's levenshtein counts bytes, so it only
-- serves for long names, where three bytes are one character in most; it takes the product of both lengths, so what
-- is longer than any name (200 characters) is compared whole only.
CREATE OR REPLACE TEMP MACRO one_other(a, b) AS length(a) = length(b) AND CASE
    WHEN left(a, 1) <> left(b, 1) THEN substr(a, 2) = substr(b, 2)
    WHEN substr(a, 2, 1) <> substr(b, 2, 1) THEN substr(a, 3) = substr(b, 3)
    WHEN substr(a, 3, 1) <> substr(b, 3, 1) THEN substr(a, 4) = substr(b, 4)
    WHEN length(a) > 200 THEN FALSE
    ELSE levenshtein(substr(a, 4), substr(b, 4)) <= 3
END;
CREATE OR REPLACE TEMP MACRO one_more(long, short) AS length(long) = length(short) + 1 AND (
    left(long, length(short)) = short
    OR left(long, 1) || substr(long, 3) = short
    OR left(long, 2) || substr(long, 4) = short
    OR left(long, 3) || substr(long, 5) = short
);

-- A character that a system could not write.
CREATE OR REPLACE TEMP MACRO one_lost(a, b) AS
    a LIKE translate(b, '?□', '__') OR b LIKE translate(a, '?□', '__');

-- The same given name under another surname, compound ones too.
CREATE OR REPLACE TEMP MACRO same_given(a, b) AS
    substr(a, 2) = substr(b, 2) OR (length(a) >= 3 AND length(b) >= 3 AND right(a, 2) = right(b, 2));

-- What is given as a number, for telling slips: not what stands for none, nor numbers of another kind.
CREATE OR REPLACE TEMP MACRO number_read(good, given, state) AS CASE
    WHEN good IS NOT NULL THEN good
    WHEN state IN ('temporary', 'student_number', 'missing') THEN NULL
    ELSE given
END;

-- The birth date inside a student number of any kind: a letter, six digits, then yyyymmdd.
CREATE OR REPLACE TEMP MACRO number_born(n) AS
    CASE WHEN regexp_full_match(n, '[GJL][0-9]{17}[0-9X]') THEN CAST(try_strptime(substr(n, 8, 8), '%Y%m%d') AS DATE) END;

-- Rows of a roll that say the same of a child are the same child's, however often it stands there.
CREATE OR REPLACE TEMP MACRO face(name, given, born, place) AS
    coalesce(name, '') || '/' || coalesce(CAST(born AS VARCHAR), '') || '/' || coalesce(given, place, '');

-- Levels of the comparisons (gateway/linkage/weights.py). r is a roll's row, w a person.
CREATE OR REPLACE TEMP MACRO number_level(own, r_id, r_given, r_hint, r_born, r_firm, w_id, w_given, w_firm, w_born, learned) AS
CASE
    WHEN r_id = w_id OR r_id = learned
    THEN CASE
        WHEN r_born IS NULL OR date_mark(number_date(r_id), r_born) <> '!' THEN 'same' ELSE 'borrowed'
    END
    WHEN r_firm AND (w_firm OR learned IS NOT NULL) THEN 'conflict'
    WHEN r_hint = w_id OR r_hint = learned THEN 'student'
    WHEN own THEN 'own'
    WHEN r_given IS NULL OR w_given IS NULL THEN 'unknown'
    WHEN r_id IS NOT NULL AND w_id IS NOT NULL
    THEN CASE WHEN r_born IS NULL AND w_firm THEN 'other' ELSE 'differs' END
    WHEN r_given = w_given AND paper(r_given) THEN 'paper'
    WHEN number_near(r_given, w_given) THEN 'near'
    WHEN paper_near(r_given, w_given) THEN 'paper_near'
    ELSE 'differs'
END;

-- Names in Latin letters, without spaces. Letters stand before every Chinese character, so that names in
-- characters are told by one comparison.
CREATE OR REPLACE TEMP MACRO latin(a) AS a < '[' AND length(a) < 200 AND regexp_full_match(a, '[A-Z][A-Z''-]+');
-- The fewest slips between one name and the other with its beginning put behind it; 99 where neither end of
-- the one stands within the other.
CREATE OR REPLACE TEMP MACRO turned_by(a, b) AS CASE
    WHEN strpos(b, left(a, 2)) > 1 OR strpos(left(b, length(b) - 1), right(a, 2)) > 0
    THEN coalesce(list_min(list_transform(range(2, length(b) - 1),
        lambda i: damerau_levenshtein(a, substr(b, i + 1) || left(b, i)))), 99)
    ELSE 99
END;
-- One letter in five, and never more than two: MARK and JANE are three letters apart, as brothers and sisters are.
CREATE OR REPLACE TEMP MACRO few_slips(apart, size) AS apart <= 2 AND apart * 5 <= size;
-- A part that is missing or only its first letter, in any order of the parts.
CREATE OR REPLACE TEMP MACRO part_of(long, short) AS length(short) >= 4 AND (
    starts_with(long, short) OR right(long, length(short)) = short
    OR (left(long, 1) = left(short, 1) AND right(long, length(short) - 1) = substr(short, 2))
    OR (left(long, 1) = right(short, 1) AND right(long, length(short) - 1) = left(short, length(short) - 1))
    OR (starts_with(long, substr(short, 2)) AND substr(long, length(short), 1) = left(short, 1))
);
CREATE OR REPLACE TEMP MACRO latin_of(a, b) AS CASE
    WHEN few_slips(damerau_levenshtein(a, b), greatest(length(a), length(b))) THEN 'spelling'
    WHEN few_slips(turned_by(a, b), greatest(length(a), length(b))) THEN 'turned'
    WHEN part_of(a, b) OR part_of(b, a) THEN 'part_missing'
    WHEN least(damerau_levenshtein(a, b), turned_by(a, b)) * 3 <= greatest(length(a), length(b)) THEN 'letters'
    WHEN least(length(a), length(b)) >= 4
        AND (strpos(a, left(b, 4)) > 0 OR strpos(a, right(b, 4)) > 0
            OR strpos(b, left(a, 4)) > 0 OR strpos(b, right(a, 4)) > 0)
    THEN 'part'
    ELSE 'differs'
END;
CREATE OR REPLACE TEMP MACRO latin_level(a, b) AS CASE WHEN a <= b THEN latin_of(a, b) ELSE latin_of(b, a) END;

CREATE OR REPLACE TEMP MACRO written_level(a, a_sound, a_shape, b, b_sound, b_shape, b_former, b_pet) AS CASE
    WHEN a IS NULL OR b IS NULL THEN 'unknown'
    WHEN a = b THEN 'same'
    WHEN a IN (b_former, b_pet) THEN 'former'
    WHEN a_sound = b_sound THEN 'sound'
    WHEN a_shape = b_shape OR one_lost(a, b) THEN 'shape'
    WHEN length(a) >= 3 AND left(a, 1) = left(b, 1) AND one_other(a, b) THEN 'one_character'
    WHEN length(a) >= 2 AND length(b) >= 2 AND (one_more(a, b) OR one_more(b, a)) THEN 'dropped'
    WHEN same_given(a, b) THEN 'given'
    WHEN left(a, 1) = left(b, 1) THEN 'surname'
    ELSE 'differs'
END;

-- Names in any writing; the night tells those in letters apart once for each pair (pair_letters.sql).
CREATE OR REPLACE TEMP MACRO name_level(a, a_sound, a_shape, b, b_sound, b_shape, b_former, b_pet) AS CASE
    WHEN a <> b AND latin(a) AND latin(b) AND NOT coalesce(a = b_former, FALSE) AND NOT coalesce(a = b_pet, FALSE)
    THEN latin_level(a, b)
    ELSE written_level(a, a_sound, a_shape, b, b_sound, b_shape, b_former, b_pet)
END;

CREATE OR REPLACE TEMP MACRO birth_level(a, b) AS CASE
    WHEN a IS NULL OR b IS NULL THEN 'unknown'
    WHEN a = b THEN 'same'
    WHEN abs(date_diff('day', a, b)) <= 1 THEN 'day'
    WHEN year(a) = year(b) AND month(a) = day(b) AND day(a) = month(b) THEN 'swapped'
    WHEN year(a) = year(b) AND (dayofyear(a) = 1 OR dayofyear(b) = 1) THEN 'new_year'
    WHEN abs(date_diff('day', a, b)) BETWEEN 15 AND 60 THEN 'lunar'
    WHEN date_near(a, b) THEN 'digit'
    ELSE 'differs'
END;

CREATE OR REPLACE TEMP MACRO date_mark(a, b) AS CASE
    WHEN a IS NULL OR b IS NULL THEN '?' WHEN a = b THEN '=' WHEN date_near(a, b) THEN '~' ELSE '!'
END;

-- 0 unknown or 9 unsaid (GB/T 2261.1) say nothing.
CREATE OR REPLACE TEMP MACRO sex_level(a, b) AS CASE
    WHEN a IN ('1', '2') AND b IN ('1', '2') THEN CASE WHEN a = b THEN 'same' ELSE 'differs' END
    ELSE 'unknown'
END;

-- The same home as far as both sides tell: village; town or county where one side tells no more.
CREATE OR REPLACE TEMP MACRO place_level(a, b) AS CASE
    WHEN a IS NULL OR b IS NULL THEN 'unknown'
    WHEN left(a, 6) <> left(b, 6) THEN 'elsewhere'
    WHEN substr(a, 7, 3) IN ('', '000') OR substr(b, 7, 3) IN ('', '000') THEN 'county'
    WHEN left(a, 9) <> left(b, 9) THEN 'elsewhere'
    WHEN substr(a, 10, 3) = '000' OR substr(b, 10, 3) = '000' THEN 'town'
    WHEN a = b THEN 'village'
    ELSE 'elsewhere'
END;

-- One home in two spellings (`division#place#number`, macros address_home): the same road or village, and the
-- same numbers or, where one leaves out group or yard, the last of them. A division that both write must not be
-- another; where one writes none, the places' codes must not.
CREATE OR REPLACE TEMP MACRO same_number(a, b) AS
    a = b OR right(a, length(b) + 1) = '-' || b OR right(b, length(a) + 1) = '-' || a;
CREATE OR REPLACE TEMP MACRO same_home(a, b, a_place, b_place) AS coalesce(
    split_part(a, '#', 2) = split_part(b, '#', 2)
    AND same_number(split_part(a, '#', 3), split_part(b, '#', 3))
    AND CASE
        WHEN left(a, 1) = '#' OR left(b, 1) = '#' THEN place_level(a_place, b_place) <> 'elsewhere'
        ELSE strpos(split_part(a, '#', 1), split_part(b, '#', 1)) > 0
            OR strpos(split_part(b, '#', 1), split_part(a, '#', 1)) > 0
    END,
    FALSE
);

-- Household is one fact: the strongest of the guardian's number, name, and the home. `twins`: the birth
-- date is the same and the name is not, as twins have it, whose guardian and home are one. Who has moved to
-- another county is often still insured in the one that the other side tells.
CREATE OR REPLACE TEMP MACRO household_level(r_name, r_id, r_place, r_insured, w_name, w_id, w_place, at_home, twins) AS CASE
    WHEN twins AND (r_id = w_id OR r_name = w_name OR at_home) THEN 'guardian_of_twins'
    WHEN r_id = w_id THEN 'guardian_number'
    WHEN at_home THEN CASE WHEN r_name <> w_name THEN 'address_other_guardian' ELSE 'address' END
    WHEN r_name = w_name THEN 'guardian_name'
    WHEN r_name IS NULL OR w_name IS NULL
    THEN CASE
        WHEN left(r_insured, 6) = left(w_place, 6) AND left(r_place, 6) <> left(w_place, 6) THEN 'insured_county'
        ELSE place_level(coalesce(r_place, r_insured), w_place)
    END
    ELSE CASE place_level(r_place, w_place)
        WHEN 'village' THEN 'village_other_guardian'
        WHEN 'town' THEN 'town_other_guardian'
        WHEN 'county' THEN 'county_other_guardian'
        WHEN 'unknown' THEN 'other_guardian'
        ELSE 'differs'
    END
END;

-- A pair's waterfall as text: `level:bits` of every comparison, and what the rarity of the name and a
-- row that the child has already add.
CREATE OR REPLACE TEMP MACRO told_bits(label, bits) AS
    CASE WHEN bits IS NULL OR bits = 0 THEN '' ELSE ';' || label || ':' || CAST(CAST(bits AS DECIMAL(6, 1)) AS VARCHAR) END;
CREATE OR REPLACE TEMP MACRO told_levels(prior, strangers, number, name, rarity, born, sex, household, school, taken) AS
    prior || told_bits('strangers', strangers) || ';' || number || ';' || name || told_bits('rarity', rarity) || ';' || born || ';' || sex
        || ';' || household || coalesce(';' || school, '') || told_bits(CASE WHEN taken > 0 THEN 'left_over' ELSE 'second_row' END, taken);
