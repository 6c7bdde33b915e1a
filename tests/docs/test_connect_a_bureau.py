"""docs/connect-a-bureau.md, followed to the letter: from an unknown workbook to a source that runs."""

import re
import shlex
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from gateway.access import Role
from gateway.cli.main import app
from gateway.cli.people import open_account
from gateway.wiring import open_site_store
from tests.mapping.suggest_kit import make

PAGE = (Path(__file__).parents[2] / "docs" / "connect-a-bureau.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    ((?:cwg|mkdir|mv) .*)$", PAGE, flags=re.MULTILINE)
SOURCE = re.findall(r"`(my-city/sources/.*?)`:\n\n```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
RUN = CliRunner()


def unknown_workbook(folder: Path) -> None:
    """As a clerk would make it: a title, other headings than ours, columns that nobody knows."""
    made = make(folder, "disability", 2)
    made.path.rename(folder / "名册.xlsx")


def follow(line: str, folder: Path, passwords: dict[str, str]) -> str:
    words = shlex.split(line)
    if words[0] == "mkdir":
        Path(words[-1]).mkdir(parents=True)
        return ""
    if words[0] == "mv":
        Path(words[1]).rename(words[2])
        return ""
    into = None
    if ">" in words:
        into = Path(words[words.index(">") + 1])
        words = words[: words.index(">")]
    typed = "".join(f"{passwords[n]}\n\n" for n in ("wang", "li")) if words[1] == "intake" else None
    done = RUN.invoke(app, words[1:], input=typed)
    assert done.exit_code in ((0, 3) if words[1] == "run" else (0,)), (line, done.output)
    if into is not None:
        into.write_text(done.stdout, encoding="utf-8")
    return done.output


def test_the_page_is_followed_to_the_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    unknown_workbook(tmp_path)
    passwords: dict[str, str] = {}
    said = {}
    month = f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m}"
    for line in (command.replace("2026-11", month) for command in COMMANDS):
        if " source list" in line:
            ((path, text),) = SOURCE
            Path(path).write_text(text, encoding="utf-8")
        if line.startswith("cwg intake"):
            with open_site_store(tmp_path / "my-city") as store:
                for name in ("wang", "li"):
                    passwords[name] = open_account(
                        store, name, [Role.DATA_OFFICER], ("",), must_change=False
                    )
        said[" ".join(line.split()[1:3])] = follow(line, tmp_path, passwords)
    assert "250" in said["mapping try"]
    assert "federation" in said["source list"]
    with open_site_store(tmp_path / "my-city") as store:
        kept = store.deliveries.current("federation", "card", month)
    assert kept is not None
