"""Finding elements: `select(page, "table.list thead th")`, as XPath, so that no package is needed."""

import re
from typing import Any

_STEP = re.compile(r"(?P<tag>[a-z0-9]*)(?P<rest>.*)")
_PART = re.compile(r"\.(?P<cls>[\w-]+)|#(?P<id>[\w-]+)|\[(?P<attr>[\w-]+)(?:=(?P<value>[\w-]+))?\]")


def select(page: Any, path: str) -> list[Any]:
    """Elements for tags, `.class`, `#id`, `[attribute]`, `[attribute=value]` and descendants."""
    found: list[Any] = page.xpath("." + "".join(_step(step) for step in path.split()))
    return found


def text(page: Any, path: str) -> str:
    """The text of the elements found, white space joined."""
    return " ".join(flat(element) for element in select(page, path))


def flat(element: Any) -> str:
    """The text of an element on one line."""
    return " ".join(element.text_content().split())


def _step(step: str) -> str:
    match = _STEP.fullmatch(step)
    assert match is not None
    conditions = "".join(_condition(part) for part in _PART.finditer(match["rest"]))
    return f"//{match['tag'] or '*'}{conditions}"


def _condition(part: re.Match[str]) -> str:
    if part["cls"]:
        return f"[contains(concat(' ', normalize-space(@class), ' '), ' {part['cls']} ')]"
    name = "id" if part["id"] else part["attr"]
    value = part["id"] or part["value"]
    return f"[@{name}='{value}']" if value else f"[@{name}]"
