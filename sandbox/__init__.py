"""A synthetic city and its bureaus, to try the gateway without anybody's data."""
