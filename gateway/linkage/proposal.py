"""A weights file that was made by a machine: written beside the reviewed one, never over it."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from gateway.linkage.em import Key
from gateway.linkage.training import Trained
from gateway.linkage.weights import Level, Weights
from gateway.model.errors import UsageError

_HEAD = """\
# A proposal, not reviewed: read every line, then put it where the reviewed file stands.
# 建议稿，未经审核：逐行核对后再替换正式权重文件。
"""


def write_weights(path: Path, weights: Weights, notes: Mapping[Key, str] | None = None) -> None:
    """Write a weights file that `load_weights` reads back as it is. `notes` stand above their levels.

    Raises UsageError when there is a file of that name: no reviewed file is ever overwritten.
    """
    text = _HEAD + weights_text(weights, notes or {})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise UsageError(
            "there is such a file already, and no weights file is overwritten",
            where=path.name,
            mend="name another one with --out",
        ) from None


def weights_text(weights: Weights, notes: Mapping[Key, str]) -> str:
    """The weights as YAML."""
    lines = [
        f"version: {weights.version}",
        f"basis: {weights.basis}",
        *(f"{name}: {_plain(getattr(weights, name))}" for name in _NUMBERS),
        "vetoes:",
        f"  number_conflict: {_plain(weights.vetoes.number_conflict)}",
        "comparisons:",
    ]
    for name, compared in weights.comparisons.items():
        lines.append(f"  {name}:")
        if compared.term_frequency:
            lines.append("    term_frequency: true")
        lines.append("    levels:")
        for level, shares in compared.levels.items():
            note = notes.get((name, level))
            lines += [f"      # {note}"] if note else []
            lines.append(f"      {level}: {_shares(shares)}")
    return "\n".join(lines) + "\n"


def notes_of(trained: Trained) -> dict[Key, str]:
    """What stands above each level of a proposal: what was, what is, and what it rests on."""
    return {
        (line.comparison, line.level): (
            f"{line.bits:.1f} bits, as reviewed: {line.kept}"
            if line.kept
            else f"{line.bits:.1f} bits (was {line.old_bits:.1f}); {line.matched:.0f} pairs of one child, "
            f"{line.random} at random"
        )
        for line in trained.levels
    }


_NUMBERS = ("prior", "link", "ask", "margin", "second_row")


def _shares(level: Level) -> str:
    return f"{{m: {_plain(level.m)}, u: {_plain(level.u)}}}"


def _plain(value: float) -> str:
    """A number without exponent, as specification files are read, and exact."""
    text = f"{Decimal(repr(float(value))):f}"
    return text if "." in text else f"{text}.0"
