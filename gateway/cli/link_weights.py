"""`cwg link train`, `export` and `import`: weights proposed beside the reviewed file, never over it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, out, say
from gateway.cli.described import night_of
from gateway.cli.noting import note
from gateway.linkage.proposal import notes_of, write_weights
from gateway.linkage.splink import from_splink, to_splink
from gateway.linkage.training import SAMPLE, Trained
from gateway.model.errors import UsageError
from gateway.pipeline import train_links
from gateway.site import load_site
from gateway.wiring import open_house
from gateway.wiring_files import load_site_weights

Row = dict[str, object]
PROPOSED = Path("mappings") / "linkage" / "weights.proposed.yaml"
"""Inside the site; `weights.v1.yaml` beside it is the reviewed file, and is never written."""

OutOption = Annotated[
    Path | None, typer.Option("--out", help="the proposal; a file of that name is never replaced")
]


@command
def train(
    site: SiteOption = HERE,
    to: Annotated[
        Path | None,
        typer.Option("--out", help="the proposal; a file of that name is never replaced"),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="the same rolls and seed give the same")] = 1,
    sample: Annotated[int, typer.Option(min=100, help="rows to draw")] = SAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Learn weights from this site's rolls and judgements: a proposed file and what it rests on.

    The reviewed file stays as it is; put the proposal in its place when you agree with every line.
    """
    with open_house(site) as opened, opened.house.engine() as engine:
        found = train_links(
            opened.house, engine, night_of(opened), seed=seed, sample=sample
        )  # fmt: skip
    note(site, "link.train", "identity", str(seed))
    path = to if to is not None else site / PROPOSED
    write_weights(path, found.weights, notes_of(found))
    if as_json:
        out(json.dumps(_report(found), indent=2))
    else:
        emit([asdict(session) for session in found.sessions], "Sessions · 估计过程", False)
        emit([_line(line) for line in _report_levels(found)], "Levels · 权重", False)
    for warning in found.warnings:
        say(f"! {warning}")
    say(f"proposed, not in force · 建议稿，未生效: {path}")


@command
def export(
    to: Annotated[Path, typer.Option("--splink", help="the Splink model to write (JSON)")],
    site: SiteOption = HERE,
) -> None:
    """Write the weights in force as the settings of a Splink 4 or 5 linker (docs/linkage.md)."""
    weights = load_site_weights(site, load_site(site))
    try:
        with to.open("x", encoding="utf-8") as out_file:
            json.dump(to_splink(weights), out_file, indent=2)
    except FileExistsError:
        raise UsageError(
            "there is such a file already", where=to.name, mend="name another"
        ) from None
    note(site, "link.export", "identity", weights.version)
    say(f"{weights.version}: {to}")


@command
def import_(
    model: Annotated[Path, typer.Option("--splink", help="a trained Splink model (JSON)")],
    site: SiteOption = HERE,
    to: OutOption = None,
) -> None:
    """Read a Splink model whose comparisons are ours as a proposed weights file, not in force."""
    try:
        settings = json.loads(model.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UsageError("this is no JSON file", where=model.name, mend="check the path") from None
    weights = from_splink(settings, load_site_weights(site, load_site(site)))
    path = to if to is not None else site / PROPOSED
    write_weights(path, weights)
    note(site, "link.import", "identity", weights.version)
    say(f"proposed, not in force · 建议稿，未生效: {path}")


def _report(found: Trained) -> Row:
    whole = asdict(found)
    whole["weights"] = found.weights.version
    return whole


def _report_levels(found: Trained) -> list[Row]:
    return [asdict(line) for line in found.levels]


def _line(level: Row) -> Row:
    shown = {k: v for k, v in level.items() if k not in ("old_m", "old_u")}
    for name, places in (("old_bits", 1), ("bits", 1), ("matched", 0)):
        shown[name] = f"{level[name]:.{places}f}"
    return shown | {name: f"{level[name]:.3g}" for name in ("m", "u")}
