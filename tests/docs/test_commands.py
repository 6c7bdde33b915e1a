"""Docs that can fail: every command and every setting is documented, and nothing that does not exist."""

import re
from pathlib import Path

import click
import pytest
import typer
from pydantic import BaseModel

from gateway.cli.later import Later
from gateway.cli.main import app
from gateway.site import Site
from gateway.sources import SourceSettings

DOCS = Path(__file__).resolve().parents[2] / "docs"
ROOT = DOCS.parent


def commands(group: click.Command, prefix: str) -> set[str]:
    group = group.load() if isinstance(group, Later) else group
    if not hasattr(group, "commands"):
        return {prefix}
    return {
        name
        for part, child in group.commands.items()
        for name in commands(child, f"{prefix} {part}")
    }


def test_every_command_is_documented_and_exists() -> None:
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(cwg[ a-z-]+)` \|", text, re.MULTILINE))
    assert documented == commands(typer.main.get_command(app), "cwg")


def settings(model: type[BaseModel], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found |= settings(kind, f"{prefix}{name}.")
        else:
            found.add(f"{prefix}{name}")
    return found


def test_every_setting_of_a_site_is_documented_and_exists() -> None:
    text = (DOCS / "site.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([a-z_.]+)` \|", text, re.MULTILINE))
    assert documented == settings(Site)


def test_the_documented_source_file_is_valid_and_shows_every_top_key() -> None:
    from gateway.specs import parse_spec

    text = (DOCS / "site.md").read_text(encoding="utf-8")
    example = re.findall(r"```yaml\n(name: education\nadapter.*?)```", text, re.DOTALL)[0]
    checked = parse_spec(example, "docs/site.md").check(SourceSettings)
    assert set(SourceSettings.model_fields) <= set(checked.model_fields_set)


MARKDOWN = sorted(p for p in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")] if ".venv" not in p.parts)


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_room_has_a_readme_of_three_sentences() -> None:
    rooms = [p for p in (ROOT / "gateway").iterdir() if p.is_dir() and (p / "__init__.py").exists()]
    assert len(rooms) >= 14
    for room in [
        *rooms,
        *(ROOT / "adapters" / name for name in ("education", "medical_insurance")),
    ]:
        text = (room / "README.md").read_text(encoding="utf-8")
        body = " ".join(line for line in text.splitlines() if line and not line.startswith("#"))
        assert len(re.findall(r"[.:](?=\s|$)", body)) >= 3, room.name
