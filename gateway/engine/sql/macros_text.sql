-- reads: nothing; writes: macros over text, dates and amounts; why: bureaus write one fact in many ways.
-- fold_text and name_key equal gateway/model/names.py value for value (a parity test holds them).
-- Each macro asks a cheap question first, so that a clean value costs one regular expression.

-- NFKC without zero-width characters. What rolls commonly hold goes without the big table: ASCII and
-- full-width ASCII, CJK with its extensions and private use, the dots of names, common punctuation.
CREATE OR REPLACE TEMP MACRO fold_width(x) AS CASE
    WHEN x IS NULL THEN NULL
    WHEN regexp_full_match(x, '[ -~一-龥]*') THEN x
    WHEN regexp_full_match(x,
        '[ -~！-～\x{3400}-\x{4DBF}\x{4E00}-\x{9FFF}\x{20000}-\x{2F7FF}\x{30000}-\x{3FFFF}\x{E000}-\x{F8FF}'
        || '\x{3000}·•‧・、。《》〈〉「」【】“”‘’—─□○〇√×\x{AD}\x{200B}-\x{200D}\x{2060}\x{FEFF}]*')
    THEN translate(x,
        '　！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～'
        || chr(173) || chr(8203) || chr(8204) || chr(8205) || chr(8288) || chr(65279),
        ' !"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopqrstuvwxyz{|}~')
    ELSE nfkc(regexp_replace(x, '[\x{AD}\x{200B}-\x{200D}\x{2060}\x{FEFF}]', '', 'g'))
END;

CREATE OR REPLACE TEMP MACRO trim_space(x) AS regexp_replace(
    x, '^[\s\x0b\x1c-\x1f\x{85}\x{1680}\x{2028}\x{2029}]+|[\s\x0b\x1c-\x1f\x{85}\x{1680}\x{2028}\x{2029}]+$', '', 'g'
);

CREATE OR REPLACE TEMP MACRO null_word(x) AS lower(x) IN (
    '', '无', '/', '-', '--', '—', '——', '不详', '暂无', '0', 'null', 'undefined', 'none', 'n/a'
);

-- Whether text that could not be read was there at all: NULL and false for a word for "nothing".
CREATE OR REPLACE TEMP MACRO says_something(x) AS NOT regexp_full_match(
    x, '(?i)[\s\x0b\x{A0}\x{3000}\x{200B}-\x{200D}\x{FEFF}]*(无|[/／0０]|[-－—]{1,2}|不详|暂无|null|undefined|none|n/a)?[\s\x0b\x{A0}\x{3000}\x{200B}-\x{200D}\x{FEFF}]*'
);

-- Folded, but a word for "nothing" stays: in code lists 0 is a code.
CREATE OR REPLACE TEMP MACRO fold_code(x) AS CASE
    WHEN x IS NULL THEN NULL
    WHEN regexp_full_match(x, '[一-龥0-9A-Za-z]+') THEN x
    ELSE trim_space(fold_width(x))
END;

-- Text on one line of which nothing has to be folded, and that says something.
CREATE OR REPLACE TEMP MACRO plain_text(x) AS
    regexp_full_match(x, '([一-龥0-9]|[A-Za-z]+[0-9])[一-龥0-9A-Za-z()#-]*')
    AND x NOT IN ('无', '0', '不详', '暂无');

-- NFKC, zero-width characters out, trimmed; a word for "nothing" is NULL.
CREATE OR REPLACE TEMP MACRO fold_text(x) AS CASE
    WHEN x IS NULL THEN NULL
    WHEN plain_text(x) THEN x
    ELSE list_transform([trim_space(fold_width(x))],
        lambda y: CASE WHEN null_word(y) THEN NULL ELSE y END)[1]
END;

-- fold_text of text that fold_width has read already.
CREATE OR REPLACE TEMP MACRO fold_text_of(wide) AS
    list_transform([trim_space(wide)], lambda y: CASE WHEN null_word(y) THEN NULL ELSE y END)[1];

-- fold_text on one line, without the "null" that some exporters glue before an address.
CREATE OR REPLACE TEMP MACRO text_any(x) AS CASE
    WHEN x IS NULL THEN NULL
    WHEN plain_text(x) THEN x
    ELSE list_transform([trim_space(regexp_replace(regexp_replace(
            trim_space(fold_width(x)), '^(null|undefined)([^A-Za-z])', '\2'), '[\x00-\x1f\x7f]+', ' ', 'g'))],
        lambda y: CASE WHEN null_word(y) THEN NULL ELSE y END)[1]
END;

-- A name of which nothing has to be folded: it is its own key, too.
CREATE OR REPLACE TEMP MACRO plain_name(x) AS
    coalesce(plain_glyphs(x) AND x NOT IN ('无', '不详', '暂无'), FALSE);

-- What two spellings of one name share: no dots, no spaces, one form of each character, capitals.
CREATE OR REPLACE TEMP MACRO name_key(x) AS CASE
    WHEN x IS NULL THEN NULL
    WHEN plain_glyphs(x) AND x NOT IN ('无', '不详', '暂无') THEN x
    ELSE name_key_of(fold_text(x))
END;

-- The same for text that is folded already. Each macro's text stands in a statement as often as it names x.
CREATE OR REPLACE TEMP MACRO name_key_of(folded) AS list_transform(
    [nfc_normalize(upper(regexp_replace(glyph_join(folded),
        '[\s\x0b\x1c-\x1f\x{85}\x{1680}\x{2028}\x{2029}·•‧・･.．｡。∙⋅]+', '', 'g')))],
    lambda y: CASE WHEN null_word(y) THEN NULL ELSE y END)[1];

-- What it took to make the key of a name, as the codes of name_repair joined with a comma; NULL for nothing.
CREATE OR REPLACE TEMP MACRO name_repairs(x) AS CASE
    WHEN x IS NULL OR plain_glyphs(x) THEN NULL
    ELSE name_repairs_of(x, fold_width(x), name_key(x))
END;

-- The same where the name as folded by fold_width, and its key, are at hand (the mapping has them).
CREATE OR REPLACE TEMP MACRO name_repairs_of(x, wide, key) AS CASE
    WHEN key IS NULL THEN NULL
    ELSE nullif(array_to_string([
        CASE WHEN regexp_matches(x, '[\x{AD}\x{200B}-\x{200D}\x{2060}\x{FEFF}]') THEN 'zero_width' END,
        CASE WHEN wide <> regexp_replace(x, '[\x{AD}\x{200B}-\x{200D}\x{2060}\x{FEFF}]', '', 'g')
            THEN 'full_width' END,
        CASE WHEN regexp_matches(wide, '[\s\x0b\x1c-\x1f\x{85}\x{1680}\x{2028}\x{2029}]')
            THEN 'spaces' END,
        CASE WHEN regexp_matches(wide, '[·•‧・･.．｡。∙⋅]') THEN 'dots' END,
        glyph_kinds(wide)
    ], ','), '')
END;

-- A date in any shape that rolls hold; NULL when it is none of them or no such day exists.
-- Excel serials count from 1899-12-30. A month without a day is no date.
CREATE OR REPLACE TEMP MACRO date_any(x) AS CASE
    WHEN x IS NULL THEN NULL
    WHEN regexp_full_match(x, '(18|19|20|21)[0-9]{6}') THEN CAST(try_strptime(x, '%Y%m%d') AS DATE)
    WHEN regexp_full_match(x, '(18|19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}') THEN try_cast(x AS DATE)
    ELSE list_transform([fold_code(x)], lambda y: date_loose(y))[1]
END;

CREATE OR REPLACE TEMP MACRO date_loose(x) AS CASE
    WHEN regexp_full_match(x, '(18|19|20|21)[0-9]{6}(\.0+)?([ T][0-9:. ]*)?')
    THEN CAST(try_strptime(left(x, 8), '%Y%m%d') AS DATE)
    WHEN regexp_full_match(x, '[2-5][0-9]{4}(\.0+)?') THEN DATE '1899-12-30' + CAST(left(x, 5) AS INTEGER)
    ELSE try_cast(regexp_replace(
        nullif(regexp_extract(x,
            '^((18|19|20|21)[0-9]{2} ?[-./。、年] ?[0-9]{1,2} ?[-./。、月] ?[0-9]{1,2}) ?日?([ T][0-9:. ]*)?$', 1), ''),
        '[^0-9]+', '-', 'g') AS DATE)
END;

-- YYYY-MM from a month or a date in any shape.
CREATE OR REPLACE TEMP MACRO month_any(x) AS CASE
    WHEN x IS NULL THEN NULL
    WHEN regexp_full_match(x, '(18|19|20|21)[0-9]{2}(0[1-9]|1[0-2])') THEN left(x, 4) || '-' || right(x, 2)
    ELSE list_transform([fold_code(x)], lambda y: month_loose(y))[1]
END;

CREATE OR REPLACE TEMP MACRO month_loose(x) AS CASE
    WHEN regexp_full_match(x, '(18|19|20|21)[0-9]{2}(0[1-9]|1[0-2])') THEN left(x, 4) || '-' || right(x, 2)
    WHEN regexp_full_match(x, '(18|19|20|21)[0-9]{2} ?[-./。、年] ?(0?[1-9]|1[0-2]) ?月?')
    THEN left(x, 4) || '-' || lpad(regexp_extract(substr(x, 5), '[0-9]+'), 2, '0')
    ELSE strftime(date_loose(x), '%Y-%m')
END;

-- A whole number, also as a spreadsheet writes it (3.0).
CREATE OR REPLACE TEMP MACRO int_any(x) AS CASE
    WHEN regexp_full_match(x, '-?[0-9]{1,9}') THEN CAST(x AS INTEGER)
    ELSE try_cast(nullif(regexp_extract(fold_code(x), '^(-?[0-9]{1,9})(\.0+)?$', 1), '') AS INTEGER)
END;

-- Yuan with at most two decimals; more would have to be rounded, so they are not read.
CREATE OR REPLACE TEMP MACRO money_any(x) AS CASE
    WHEN regexp_full_match(x, '-?[0-9]{1,10}(\.[0-9]{1,2})?') THEN CAST(x AS DECIMAL(12, 2))
    ELSE try_cast(nullif(regexp_extract(replace(fold_code(x), ',', ''),
        '^[¥￥]? ?(-?[0-9]{1,10}(\.[0-9]{1,2})?) ?元?$', 1), '') AS DECIMAL(12, 2))
END;

-- Twelve digits from a division of 6, 9 or 12.
CREATE OR REPLACE TEMP MACRO division_any(x) AS CASE
    WHEN regexp_full_match(x, '[1-9][0-9]{11}') THEN x
    ELSE list_transform([regexp_extract(fold_code(x), '^''?([1-9][0-9]{5}([0-9]{3}([0-9]{3})?)?)$', 1)],
        lambda y: CASE WHEN y <> '' THEN rpad(y, 12, '0') END)[1]
END;

-- The short ways of a mapping: what the macro above gives for text in its usual shape, else NULL.
-- Digits are told by length and value: text of 8 with a value from 18000101 can hold nothing else.
CREATE OR REPLACE TEMP MACRO date_short(x) AS CASE strlen(x)
    WHEN 8 THEN CASE WHEN try_cast(x AS INTEGER) BETWEEN 18000101 AND 21991231
        THEN CAST(try_strptime(x, '%Y%m%d') AS DATE) END
    WHEN 10 THEN CASE WHEN x BETWEEN '1800' AND '2199-12-31' AND CAST(try_cast(x AS DATE) AS VARCHAR) = x
        THEN try_cast(x AS DATE) END
    WHEN 19 THEN CASE WHEN regexp_full_match(x, '(18|19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9:.]{8}')
        THEN try_cast(left(x, 10) AS DATE) END
END;

CREATE OR REPLACE TEMP MACRO month_short(x) AS CASE
    WHEN strlen(x) = 6 AND try_cast(x AS INTEGER) BETWEEN 180001 AND 219912
        AND try_cast(x AS INTEGER) % 100 BETWEEN 1 AND 12 THEN left(x, 4) || '-' || right(x, 2)
END;

CREATE OR REPLACE TEMP MACRO money_short(x) AS CASE
    WHEN regexp_full_match(x, '-?[0-9]{1,10}(\.[0-9]{1,2})?') THEN CAST(x AS DECIMAL(12, 2))
END;

CREATE OR REPLACE TEMP MACRO division_short(x) AS CASE
    WHEN regexp_full_match(x, '[1-9][0-9]{11}') THEN x
END;
