-- reads: outcome_now, outcome; writes: nothing
-- why: two judgements of the same subjects, counted by what would change; nobody is named.
WITH now_said AS (
    SELECT rule, coalesce(CAST(person_id AS VARCHAR), source || '/' || evidence_roll || '/' || scope) AS subject,
        kind
    FROM outcome_now
),
then_said AS (
    SELECT rule, coalesce(CAST(person_id AS VARCHAR), source || '/' || evidence_roll || '/' || scope) AS subject,
        kind
    FROM outcome
),
both_said AS (
    SELECT
        coalesce(a.rule, b.rule) AS rule, coalesce(a.kind, 'none') AS before, coalesce(b.kind, 'none') AS after
    FROM now_said AS a
    FULL JOIN then_said AS b ON b.rule = a.rule AND b.subject = a.subject
)
SELECT
    rule,
    count(*) FILTER (WHERE before = 'fires') AS fires_now,
    count(*) FILTER (WHERE after = 'fires') AS would_fire,
    count(*) FILTER (WHERE after = 'fires' AND before <> 'fires') AS newly_firing,
    count(*) FILTER (WHERE before = 'fires' AND after <> 'fires') AS no_longer_firing,
    count(*) FILTER (WHERE after = 'held' AND before <> 'held') AS newly_held,
    count(*) FILTER (WHERE before = 'held' AND after <> 'held') AS no_longer_held
FROM both_said
GROUP BY rule
ORDER BY rule;
