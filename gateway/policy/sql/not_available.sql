-- reads: rule_county; writes: nothing
-- why: whether a roll that the rule needs is connected at all: that is so everywhere, or nowhere.
SELECT coalesce(bool_or(held_reason = 'not_available'), FALSE) AS not_available
FROM rule_county
WHERE rule = $rule;
