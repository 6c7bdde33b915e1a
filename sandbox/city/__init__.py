"""The synthetic city 安禾市 (419900): lives as dated events, rolls as projections, an oracle of truth."""
