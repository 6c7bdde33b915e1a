-- reads: nothing; writes: macros over identity numbers, and hmac_hex; why: one reading of GB 11643 for all rooms.
-- They equal gateway/model/identifiers.py (clean_number, valid18, ResidentNumber.parse); a parity test holds them.

-- HMAC-SHA256 as 64 hex digits; the key as hex of at most 64 bytes.
CREATE OR REPLACE TEMP MACRO hmac_hex(key_hex, text) AS sha256(
    CAST(xor(CAST(unhex(rpad(key_hex, 128, '0')) AS BIT), CAST(unhex(repeat('5c', 64)) AS BIT)) AS BLOB)
    || unhex(sha256(
        CAST(xor(CAST(unhex(rpad(key_hex, 128, '0')) AS BIT), CAST(unhex(repeat('36', 64)) AS BIT)) AS BLOB)
        || encode(text)))
);

-- A number that needs no folding: capitals and digits, and one digit that is not the first character.
CREATE OR REPLACE TEMP MACRO plain_id(x) AS regexp_full_match(x, '[0-9A-Z]+[0-9][0-9A-Z]*');

-- The number as typed, folded: half width, no spaces, no leading apostrophe, Х and x as X.
CREATE OR REPLACE TEMP MACRO id_clean(x) AS CASE
    WHEN x IS NULL THEN NULL
    WHEN plain_id(x) THEN x
    ELSE list_transform([translate(upper(regexp_replace(fold_text(x),
            '^[''‘’`]+|[\s\x0b\x1c-\x1f\x{85}\x{1680}\x{2028}\x{2029}]+', '', 'g')), 'Х', 'X')],
        lambda y: CASE WHEN y = '' THEN NULL ELSE y END)[1]
END;

-- The weighted sum of GB 11643, modulo 11, over 17 digits given as a number: its weights are the powers
-- of two modulo 11, and what each place adds to `n` in tens is taken off again in twos.
CREATE OR REPLACE TEMP MACRO id_sum(n) AS 2 * (
    n
    - 8 * (n // 10) - 16 * (n // 100) - 32 * (n // 1000) - 64 * (n // 10000)
    - 128 * (n // 100000) - 256 * (n // 1000000) - 512 * (n // 10000000) - 1024 * (n // 100000000)
    - 2048 * (n // 1000000000) - 4096 * (n // 10000000000) - 8192 * (n // 100000000000)
    - 16384 * (n // 1000000000000) - 32768 * (n // 10000000000000) - 65536 * (n // 100000000000000)
    - 131072 * (n // 1000000000000000) - 262144 * (n // 10000000000000000)
);

CREATE OR REPLACE TEMP MACRO id_check_char(n) AS substr('10X98765432', CAST(id_sum(n) % 11 AS INTEGER) + 1, 1);

-- The same as id_valid18, where the first 17 digits are at hand as a number (the mapping has them).
CREATE OR REPLACE TEMP MACRO id_valid18_of(x, n) AS CASE
    WHEN regexp_full_match(x, '[1-9][0-9]{5}(18[5-9][0-9]|19[0-9]{2}|20[0-9]{2}|21[0-4][0-9]|2150)[0-9]{7}[0-9X]')
    THEN id_check_char(n) = right(x, 1) AND try_strptime(substr(x, 7, 8), '%Y%m%d') IS NOT NULL
    ELSE false
END;

-- Whether x is 18 clean characters with a day that exists and the right check digit.
CREATE OR REPLACE TEMP MACRO digit(x, place) AS ascii(substr(x, place, 1)) - 48;

CREATE OR REPLACE TEMP MACRO id_valid18(x) AS CASE
    WHEN regexp_full_match(x, '[1-9][0-9]{5}(18[5-9][0-9]|19[0-9]{2}|20[0-9]{2}|21[0-4][0-9]|2150)[0-9]{7}[0-9X]')
    THEN substr('10X98765432', (
        digit(x, 1) * 7 + digit(x, 2) * 9 + digit(x, 3) * 10 + digit(x, 4) * 5 + digit(x, 5) * 8
        + digit(x, 6) * 4 + digit(x, 7) * 2 + digit(x, 8) + digit(x, 9) * 6 + digit(x, 10) * 3
        + digit(x, 11) * 7 + digit(x, 12) * 9 + digit(x, 13) * 10 + digit(x, 14) * 5 + digit(x, 15) * 8
        + digit(x, 16) * 4 + digit(x, 17) * 2
    ) % 11 + 1, 1) = right(x, 1) AND try_strptime(substr(x, 7, 8), '%Y%m%d') IS NOT NULL
    ELSE false
END;

CREATE OR REPLACE TEMP MACRO id_expand(c, century) AS list_transform(
    [left(c, 6) || century || substr(c, 7, 9)],
    lambda y: CASE WHEN try_strptime(substr(y, 7, 8), '%Y%m%d') IS NOT NULL
        THEN y || id_check_char(try_cast(y AS BIGINT)) END)[1];

-- 15 clean digits as 18, or NULL. They are of the last century, as GB 11643 has it; where the row's own
-- birth date is given it must agree, and then settles the century.
CREATE OR REPLACE TEMP MACRO id_fifteen
    (c) AS CASE WHEN regexp_full_match(c, '[1-7][0-9]{14}') THEN id_expand(c, '19') END,
    (c, born) AS CASE
        WHEN regexp_full_match(c, '[1-7][0-9]{14}') AND substr(c, 7, 6) = strftime(born, '%y%m%d')
        THEN id_expand(c, left(strftime(born, '%Y'), 2))
    END;

-- A valid 18-character number from x as typed, or NULL.
CREATE OR REPLACE TEMP MACRO id_repair
    (x) AS CASE WHEN id_valid18(x) THEN x ELSE list_transform([id_clean(x)],
        lambda c: CASE WHEN id_valid18(c) THEN c ELSE id_fifteen(c) END)[1] END,
    (x, born) AS CASE WHEN id_valid18(x) THEN x ELSE list_transform([id_clean(x)],
        lambda c: CASE WHEN id_valid18(c) THEN c ELSE id_fifteen(c, born) END)[1] END;

-- valid | repaired | invalid | missing | student_number | temporary | other, for a document type of
-- code list document_type (NULL: not said). `clean` is id_clean(x), `number` what id_repair gave.
CREATE OR REPLACE TEMP MACRO id_state_of(type, x, clean, number) AS CASE
    WHEN number = x THEN 'valid'
    WHEN number IS NOT NULL THEN 'repaired'
    WHEN clean IS NULL THEN 'missing'
    WHEN regexp_full_match(clean, 'L[0-9]{17}[0-9X]') THEN 'temporary'
    WHEN regexp_full_match(clean, '[GJ][0-9]{17}[0-9X]') THEN 'student_number'
    WHEN coalesce(type, '01') IN ('01', '17') THEN 'invalid'
    ELSE 'other'
END;

-- What reading x took, as the codes of id_repair joined with a comma; NULL for nothing. `wide` is fold_width(x).
CREATE OR REPLACE TEMP MACRO id_repairs_in(x, wide, clean, number) AS CASE
    WHEN x = number OR clean IS NULL THEN NULL
    ELSE nullif(array_to_string([
        CASE WHEN regexp_matches(wide, '[\s\x0b\x1c-\x1f\x{85}\x{1680}\x{2028}\x{2029}]') THEN 'trimmed' END,
        CASE WHEN regexp_matches(x, '[\x{AD}\x{200B}-\x{200D}\x{2060}\x{FEFF}]') THEN 'zero_width' END,
        CASE WHEN wide <> regexp_replace(x, '[\x{AD}\x{200B}-\x{200D}\x{2060}\x{FEFF}]', '', 'g')
            THEN 'full_width' END,
        CASE WHEN regexp_matches(trim_space(wide), '^[''‘’`]') THEN 'leading_quote' END,
        CASE WHEN contains(wide, 'x') THEN 'lower_x' END,
        CASE WHEN regexp_matches(wide, '[Хх]') THEN 'cyrillic_x' END,
        CASE WHEN strlen(clean) = 15 AND strlen(number) = 18 THEN 'fifteen_to_eighteen' END
    ], ','), '')
END;

CREATE OR REPLACE TEMP MACRO id_repairs_of(x, clean, number) AS id_repairs_in(x, fold_width(x), clean, number);

CREATE OR REPLACE TEMP MACRO id_state(type, x) AS id_state_of(type, x, id_clean(x), id_repair(x));
