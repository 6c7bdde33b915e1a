-- reads: person, child, assistance_member, night; writes: nothing
-- why: the persons of a night as the single look-up keeps them: what each tells of itself.
SELECT
    p.person_id, p.name_key, p.birth_date, p.sex, p.id_number,
    number_read(p.id_number, b.id_given, b.id_state) AS number_given,
    number_fits(p.id_number, p.birth_date, CAST($grown_born_by AS DATE)) AS firm,
    p.division, b.guardian_name_key, b.guardian_id, b.former_name_key, b.pet_name_key,
    b.address
FROM person AS p
LEFT JOIN (
    SELECT source, roll, row_key, id_given, id_state, guardian_name_key, guardian_id,
        name_key(former_name) AS former_name_key, name_key(pet_name) AS pet_name_key, address, TRUE AS registered
    FROM child
    UNION ALL
    SELECT source, roll, row_key, id_given, id_state, head_name_key, head_id,
        CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), FALSE
    FROM assistance_member
) AS b
    ON b.row_key = p.base_row_key AND b.source = p.source AND b.roll = p.base_roll
    AND b.registered = p.registered;
