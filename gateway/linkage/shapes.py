"""Which Chinese characters look alike: what a clerk reads and types (未 for 末)."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import pyarrow as pa


@cache
def shape_classes() -> Mapping[str, str]:
    """Each listed character → the first character of its class (gateway/linkage/shapes.csv)."""
    text = files("gateway.linkage").joinpath("shapes.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {letter: row["letters"][0] for row in rows for letter in row["letters"]}


@cache
def char_shapes() -> pa.Table:
    """Table (letter, shape) of the listed characters, for the steps."""
    classes = shape_classes()
    return pa.table({"letter": list(classes), "shape": list(classes.values())})


def name_shape(key: str) -> str:
    """A name with each character as the first of its class: two that look alike have one shape."""
    classes = shape_classes()
    return "".join(classes.get(letter, letter) for letter in key)
