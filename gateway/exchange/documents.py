"""Hardened reading of JSON and XML: no DTD, entity, comment, instruction or network; depth is capped."""

import json
import re
from typing import Any, NoReturn

import orjson
from lxml import etree

from gateway.model.errors import ExchangeRefused, Refusal

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NO_BRACKET = re.compile(rb"[^\[\]{}]+")
_ENCODING = re.compile(r"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]*)[\"']")
_FORBIDDEN = ("<!DOCTYPE", "<!ENTITY")


def read_json(data: bytes, depth: int) -> Any:
    """A JSON document in UTF-8. Raises ExchangeRefused(malformed)."""
    _check_depth(data, depth)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        _malformed("it is not JSON")
    # Of a name that stands twice one reader takes the first value and another the last.
    _ONCE.decode(data.decode("utf-8"))
    return value


def _check_depth(data: bytes, depth: int) -> None:
    # A document with few brackets cannot be deep: most messages are not looked through.
    if data.count(b"[") + data.count(b"{") <= depth:
        return
    level = 0
    for bracket in _NO_BRACKET.sub(b"", _STRINGS.sub(b"", data)):
        level += 1 if bracket in b"[{" else -1
        if level > depth:
            _malformed("the JSON is nested too deep")


def _each_name_once(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        _malformed("a name stands twice in a JSON object")


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
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        _malformed("it is not well-formed XML")
    _check_tree(root, depth)
    return root


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
    level = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        level += 1 if event == "start" else -1
        if level > depth:
            _malformed("the XML is nested too deep")


def _malformed(what: str) -> NoReturn:
    raise ExchangeRefused(Refusal.MALFORMED, f"The document was not read: {what}")
