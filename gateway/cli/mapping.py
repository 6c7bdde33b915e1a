"""`cwg mapping`: lint, test, suggest and try mapping files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, out, say
from gateway.cli.signals import say_signals
from gateway.engine import Engine, EngineSettings
from gateway.mapping.golden import load_golden, run_golden
from gateway.mapping.lint import NOT_MAPPINGS, lint_folder
from gateway.mapping.suggest import mapping_text, propose, read_sample
from gateway.mapping.suggest.match import known_words, read_headings
from gateway.mapping.trial import try_file
from gateway.site import NightSettings
from gateway.wiring_files import MAPPINGS, read_mapping

app = typer.Typer(no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="bureau/roll.version, such as education/enrolment.v1")]


def _folders(site: Path) -> tuple[Path, ...]:
    own = site / "mappings"
    return (MAPPINGS, own) if own.is_dir() and own.resolve() != MAPPINGS else (MAPPINGS,)


def _names(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*/*.v*.yaml")):
        if not path.name.endswith(".golden.yaml") and path.parent.name not in NOT_MAPPINGS:
            yield f"{path.parent.name}/{path.name.removesuffix('.yaml')}"


@contextmanager
def _engine() -> Iterator[Engine]:
    with Engine(EngineSettings(Path(NightSettings().spill_dir))) as engine:
        yield engine


@app.command()
@command
def lint(site: SiteOption = HERE) -> None:
    """Check every mapping file, ours and the site's, and its golden twin. Exit 1 on a complaint."""
    complaints = [
        line for folder in _folders(site) for line in lint_folder(folder, MAPPINGS / "codes")
    ]
    for line in complaints:
        out(line)
    if complaints:
        raise typer.Exit(1)
    say("every mapping file is in order")


@app.command()
@command
def test(site: SiteOption = HERE, as_json: JsonOption = False) -> None:
    """Map the rows of every golden twin and compare. Exit 1 when one differs."""
    rows: list[dict[str, object]] = []
    with _engine() as engine:
        for name in (n for folder in _folders(site) for n in _names(folder)):
            mapping = read_mapping(site, name)
            differences = run_golden(engine, mapping)
            for line in differences:
                say(f"{name}: {line}")
            cases = len(load_golden(mapping).cases)
            rows.append({"mapping": name, "cases": cases, "differences": len(differences)})
    emit(rows, "Golden twins · 样例对照", as_json)
    if any(row["differences"] for row in rows):
        raise typer.Exit(1)


@app.command()
@command
def suggest(
    file: Annotated[Path, typer.Argument(help="a plain file of a roll that has no mapping yet")],
    bureau: Annotated[str, typer.Option(help="whose file it is: a folder of mappings")] = "bureau",
    roll: Annotated[str, typer.Option(help="how the roll shall be called")] = "roll",
    site: SiteOption = HERE,
) -> None:
    """Propose a mapping for a plain file, as YAML: to be read, mended and signed off by a person."""
    known = [read_mapping(site, name) for folder in _folders(site) for name in _names(folder)]
    synonyms = read_headings(MAPPINGS / "headings.yaml")
    sample = read_sample(file, known_words(known, synonyms))
    proposal = propose(sample, known, synonyms, (bureau, roll))
    out(mapping_text(proposal).rstrip("\n"))
    ignored = [name for name, column in proposal.spec.columns.items() if column.ignore]
    say(f"like {proposal.like}; {len(proposal.fits)} columns were recognised")
    say(f"not recognised, to be mapped or ignored with a reason: {', '.join(ignored) or 'none'}")


@app.command("try")
@command
def try_(
    name: Name,
    file: Annotated[Path, typer.Argument(help="a plain file of that roll")],
    site: SiteOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Map a plain file and say what would be accepted and refused; nothing is kept."""
    with _engine() as engine:
        trial = try_file(engine, read_mapping(site, name), file)
    mapped = trial.mapped
    counts = {
        "received": mapped.received,
        "accepted": mapped.accepted,
        "quarantined": mapped.quarantined,
        "superseded": mapped.superseded,
    }
    emit([counts], f"{name} on {file.name}", as_json)
    say_signals(mapped)
    for reason, rows in trial.reasons:
        say(f"refused {reason}: {rows} rows")
