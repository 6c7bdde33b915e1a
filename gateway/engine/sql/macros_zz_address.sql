-- reads: nothing; writes: macros over addresses; why: division, road or village, and numbers are compared apart.
-- They equal gateway/model/addresses.py; a parity test holds them. 匚 stands for the 区 of 小区 and its like.

CREATE OR REPLACE TEMP MACRO address_bare(x) AS regexp_replace(regexp_replace(glyph_join(fold_text(x)),
    '(?i)null|undefined|[\s\x0b\x1c-\x1f\x{85}\x{1680}\x{2028}\x{2029},.;:，。、；：·（）()「」“”"'']+', '', 'g'),
    '(小|社|园|校|厂|矿|山|景|库|新|老)区', '\1匚', 'g');

CREATE OR REPLACE TEMP MACRO address_head(bare) AS
    regexp_extract(bare, '^.*(省|自治区|自治州|市|盟|区|县|旗|镇|乡|街道办事处|街道|办事处)', 0);

-- An estate or a square has no word for what it is: 幸福花园3栋.
CREATE OR REPLACE TEMP MACRO address_where(rest) AS coalesce(
    nullif(regexp_extract(
        rest, '^[^0-9]*?(大道|胡同|路|街|巷|弄|道|村|庄|屯|寨|营|坊|里|社匚|小匚|园匚|校匚|厂匚|矿匚|新匚|老匚)', 0), ''),
    regexp_extract(rest, '^([^0-9]{2,})[0-9]', 1));

-- Numbers of what follows the road or village, Chinese numerals up to 99 as digits, joined with `-`.
CREATE OR REPLACE TEMP MACRO address_count(rest) AS array_to_string(regexp_extract_all(replace(regexp_replace(
    regexp_replace(regexp_replace(translate(rest, '〇零一二三四五六七八九', '00123456789'),
        '([0-9])十([0-9])', '\1\2', 'g'), '([0-9])十', '\10', 'g'), '十([0-9])', '1\1', 'g'), '十', '10'),
    '[0-9]+'), '-');

CREATE OR REPLACE TEMP MACRO address_parts(x) AS list_transform(list_transform([address_bare(x)],
    lambda b: {'head': address_head(b), 'rest': substr(b, length(address_head(b)) + 1)}),
    lambda a: {
        'division': replace(a.head, '匚', '区'),
        'place': replace(address_where(a.rest), '匚', '区'),
        'number': address_count(substr(a.rest, length(address_where(a.rest)) + 1))
    })[1];

-- What two spellings of one home share; NULL without road or village, or without a number.
CREATE OR REPLACE TEMP MACRO address_key(x) AS CASE
    WHEN x IS NULL THEN NULL
    ELSE list_transform([address_parts(x)], lambda p: CASE
        WHEN p.place <> '' AND p.number <> '' THEN p.place || '#' || p.number END)[1]
END;

-- A home as linkage compares it, `division#place#number`; NULL where address_key is.
CREATE OR REPLACE TEMP MACRO address_home(x) AS CASE
    WHEN x IS NULL THEN NULL
    ELSE list_transform([address_parts(x)], lambda p: CASE
        WHEN p.place <> '' AND p.number <> ''
        THEN p.division || '#' || p.place || '#' || p.number END)[1]
END;
