"""The reader's language: `?lang=` first, then Accept-Language, else Chinese."""

from typing import Literal

Lang = Literal["zh", "en"]


def choose(asked: str, accept: str) -> Lang:
    """The language of a page; `accept` is the header as sent."""
    if asked in ("zh", "en"):
        return "en" if asked == "en" else "zh"
    weights = {"zh": 0.0, "en": 0.0}
    for part in accept[:200].split(","):
        tag, _, rest = part.strip().partition(";")
        primary = tag.strip().lower()[:2]
        if primary in weights:
            weights[primary] = max(weights[primary], _weight(rest))
    return "en" if weights["en"] > weights["zh"] else "zh"


def other(lang: Lang) -> Lang:
    """The language that a page is not in."""
    return "en" if lang == "zh" else "zh"


def _weight(rest: str) -> float:
    name, _, value = rest.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
