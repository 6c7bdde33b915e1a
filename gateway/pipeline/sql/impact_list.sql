-- reads: impact_said; writes: nothing
-- why: whose finding would come or go, by number; rules that are not for ordinary readers list nobody.
SELECT rule, division, person_id, was, becomes, reason_was, reason_becomes
FROM impact_said
WHERE (was = 'fires') <> (becomes = 'fires') AND person_id IS NOT NULL AND ordinary
ORDER BY rule, division, person_id;
