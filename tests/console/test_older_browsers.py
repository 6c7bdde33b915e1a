"""The pages keep to what Chromium 86 knows (docs/console.md): each feature used is listed with its version.

What every Chromium since 60 (2017) knows stands as 60.
A feature that is not listed fails: look up since when it is known, then list it or do without it.
"""

import re
from collections.abc import Iterable
from importlib.resources import files

import pytest

BASELINE = 86
STATIC = files("gateway.console").joinpath("static")
SINCE_60 = """
align-items background border border-bottom border-collapse border-color border-left border-left-color
border-radius border-top box-sizing break-after break-inside clip-path color content cursor
display fill flex flex-basis flex-wrap float font font-size font-variant-numeric font-weight grid-column
grid-template-columns height justify-content left line-height list-style margin margin-bottom
margin-left margin-right margin-top max-height max-width min-height min-width opacity outline
outline-offset overflow overflow-wrap padding padding-left padding-right position size stroke
stroke-dasharray stroke-width text-align text-anchor text-decoration top vertical-align white-space
width z-index ::before :focus :focus-within :hover :root attr() inset() minmax() repeat() var()
@media @page em fr mm px rem
"""
STYLE = dict.fromkeys(SINCE_60.split(), 60) | {"gap": 84, ":focus-visible": 86}
"""Of style; `gap` as flex boxes know it."""
ORNAMENTS = {"text-underline-offset"}
"""Newer, and only for looks: a browser that does not know them leaves them out."""
SCRIPT = """
activeElement addEventListener altKey blur checked click closest contains ctrlKey dataset document
findIndex focus forms getElementById hidden href isComposing key keyCode length matches max metaKey
method min open preventDefault print querySelector querySelectorAll sent showModal startsWith
tagName target test
"""
"""Members that the script names; all known since 60 (`showModal` since 37)."""
NEW_SYNTAX = re.compile(r"\?\?=|\|\|=|&&=|\bstatic\s*\{|#\w+ in |\bimport\b|\bawait\b|\d_\d")


def style_features(css: str) -> Iterable[str]:
    """Properties, pseudo-classes, functions, at-rules and units of a style sheet."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r'"[^"]*"|#[0-9a-f]{3,8}\b', "", css)
    yield from re.findall(r"[{;]\s*([a-z][a-z-]*)\s*:", css)
    yield from re.findall(r"::?[a-z-]+", re.sub(r"\{[^{}]*\}", " ", css))
    yield from (f"{name}()" for name in re.findall(r"([a-z-]+)\(", css) if name != "and")
    yield from re.findall(r"@[a-z-]+", css)
    yield from re.findall(r"(?<![\w-])\.?\d[\d.]*([a-z]+)\b", css)


def too_new(css: str) -> set[str]:
    found = set(style_features(css)) - ORNAMENTS
    return {feature for feature in found if STYLE.get(feature, BASELINE + 1) > BASELINE}


def test_the_style_sheet_keeps_to_the_baseline() -> None:
    assert too_new(STATIC.joinpath("console.css").read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    "css", ["a { inset: 0 }", "a:has(b) { top: 0 }", "a { width: clamp(1px, 2px, 3px) }",
            "a { height: 1dvh }", "@layer x { a { top: 0 } }"],
)  # fmt: skip
def test_what_is_newer_is_seen(css: str) -> None:
    assert too_new(css)


def test_the_script_keeps_to_the_baseline() -> None:
    script = STATIC.joinpath("console.js").read_text(encoding="utf-8")
    script = re.sub(r"//[^\n]*", "", script)
    assert not NEW_SYNTAX.search(script)
    code = re.sub(r'"[^"\n]*"', '""', script)
    assert set(re.findall(r"(?<!\.)\.([A-Za-z]+)", code)) <= set(SCRIPT.split())
