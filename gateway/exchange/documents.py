"""Hardened reading of JSON and XML: no DTD, entity, comment, instruction or network; depth is capped."""

import json
import re
from functools import cache
from typing import Any, NoReturn

import orjson
from lxml import etree

from gateway.model.errors import ExchangeRefused, Refusal

_ENCODING = re.compile(r"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]*)[\"']")
_FORBIDDEN = ("<!DOCTYPE", "<!ENTITY")


def read_json(data: bytes, depth: int) -> Any:
    """A JSON document in UTF-8. Raises ExchangeRefused(malformed)."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as wrong:
        _malformed("the JSON is nested too deep" if "depth" in str(wrong) else "it is not JSON")
    # Of a name that stands twice one reader takes the first value and another the last.
    if _count_names(value, depth) != _names_written(data):
        _ONCE.decode(data.decode("utf-8"))
    return value


def _count_names(value: Any, depth: int) -> int:
    """How many names all objects of a value have, each counted once."""
    names, level = 0, [value] if type(value) in _CONTAINERS else []
    for _ in range(depth):
        if not level:
            return names
        below = []
        for container in level:
            inside = container
            if type(container) is dict:
                names += len(container)
                inside = container.values()
            for inner in inside:
                if type(inner) in _CONTAINERS:
                    below.append(inner)  # noqa: PERF401 - a comprehension an object takes longer
        level = below
    if level:
        _malformed("the JSON is nested too deep")
    return names


def _names_written(data: bytes) -> int:
    """At least as many names as a JSON text holds, and mostly just as many: quotes before a colon.

    -1 when a text might end in a backslash: then it says nothing.
    """
    dense = data.translate(None, b" \t\n\r")
    if b"\\" not in dense:
        return dense.count(b'":')
    return -1 if b'\\\\"' in dense else dense.count(b'":') - dense.count(b'\\":')


def _each_name_once(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        _malformed("a name stands twice in a JSON object")


_CONTAINERS = (dict, list)
_ONCE = json.JSONDecoder(object_pairs_hook=_each_name_once)


def read_object(
    data: bytes, depth: int, names: frozenset[str], optional: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """A JSON object with exactly these names, and perhaps the optional ones.

    Raises ExchangeRefused(malformed).
    """
    value = read_json(data, depth)
    if not isinstance(value, dict) or value.keys() - optional != names:
        _malformed("the JSON object has other names than it must have")
    return value


def read_xml(data: bytes, depth: int) -> etree._Element:
    """The root of an XML document in UTF-8. Raises ExchangeRefused(malformed)."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        _malformed("the XML is not UTF-8")
    encoding = _ENCODING.match(text.lstrip("\ufeff"))
    if encoding is not None and encoding[1].lower() != "utf-8":
        _malformed("the XML declares another encoding than UTF-8")
    if any(word in text for word in _FORBIDDEN):
        _malformed("the XML has a document type or an entity")
    root = parse_xml(data)
    _check_tree(root, depth)
    return root


def parse_xml(data: bytes) -> etree._Element:
    """The root, parsed without DTD, entities and network. Raises ExchangeRefused(malformed)."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        collect_ids=False,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        _malformed("it is not well-formed XML")


def canonical(element: etree._Element) -> bytes:
    """Exclusive C14N 1.0 without comments of an element and what is in it."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname


def _check_tree(root: etree._Element, depth: int) -> None:
    if root.getprevious() is not None or root.getnext() is not None:
        _malformed("something stands beside the XML root")
    # A comment splits a text in two, and what is verified is then not what is read.
    if next(root.iter(etree.Comment, etree.PI, etree.Entity), None) is not None:
        _malformed("the XML has a comment, an instruction or an entity")
    if _is_deeper_than(depth)(root):
        _malformed("the XML is nested too deep")


@cache
def _is_deeper_than(depth: int) -> etree.XPath:
    """Asks of a root whether an element stands more than `depth` levels deep, the root's being one."""
    return etree.XPath(f"boolean({'/'.join('*' * depth)})")


def _malformed(what: str) -> NoReturn:
    raise ExchangeRefused(Refusal.MALFORMED, f"The document was not read: {what}")
