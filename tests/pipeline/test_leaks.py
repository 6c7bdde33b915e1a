"""After three nights nothing that a site leaves behind, and nothing that it says, names a person.

A name of two characters may be a word too: names that are part of our own fixed texts (rules, code
lists, the site's own name) are left out where such texts may stand, and a test says how few they are.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from leak_search import ENCODINGS, Search
from night_kit import NIGHTS, Town, people, rows

from gateway.wiring_files import MAPPINGS

ROOT = MAPPINGS.parent


@pytest.fixture(scope="module")
def told(town: Town, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A site after its third night, run by the command with its progress shown, and all it printed."""
    site = town.copy(2, tmp_path_factory.mktemp("leaks") / "site")
    said = []
    for arguments in (
        ["run", "--as-of", f"{NIGHTS[-1]}"],
        ["run", "--as-of", f"{NIGHTS[-1]}", "--json"],
    ):
        run = subprocess.run(
            [sys.executable, "-m", "gateway.cli.main", *arguments, "--site", str(site)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        said += [run.stdout, run.stderr]
    return site, "\n".join(said)


@pytest.fixture(scope="module")
def values(town: Town) -> set[str]:
    names, numbers = people(town.city)
    assert len(names) > 1000 < len(numbers)
    return {value for value in names | numbers if len(value) >= 2}


@pytest.fixture(scope="module")
def fixed() -> str:
    """The words of every text of ours that a site may keep or print."""
    files = [p for p in MAPPINGS.rglob("*") if p.suffix in (".yaml", ".md", ".sql")]
    code = [p for name in ("gateway", "adapters") for p in (ROOT / name).rglob("*.py")]
    texts = (p.read_text("utf-8") for p in (*files, *code))
    return "\n".join({word for text in texts for word in re.findall(r"[\u4e00-\u9fff]{2,}", text)})


def test_no_file_of_the_site_names_anybody(
    told: tuple[Path, str], values: set[str], fixed: str
) -> None:
    site, _ = told
    kept = [p for p in (site / "var").rglob("*") if p.is_file()]
    assert {"gateway.db", "node-1.log"} <= {p.name for p in kept}
    assert len([p for p in kept if p.suffix == ".parquet"]) > 10
    assert Search(values, fixed).files(site) == {}


def test_the_database_holds_the_people_that_it_does_not_show(
    told: tuple[Path, str], values: set[str]
) -> None:
    site, _ = told
    assert rows(site, "SELECT count(*) AS n FROM person WHERE name IS NOT NULL")[0]["n"] > 20
    plain = "\n".join(str(row) for row in rows(site, "SELECT * FROM person"))
    assert not Search(values).found(plain.encode())


def test_nothing_that_a_night_prints_names_anybody(
    told: tuple[Path, str], values: set[str], fixed: str
) -> None:
    _, said = told
    assert "registry" in said
    assert Search(values, fixed, least=4).found(said.encode()) == set()


def test_the_spill_folder_is_empty_after_the_nights(told: tuple[Path, str], town: Town) -> None:
    assert town.spill.is_dir()
    assert list(town.spill.rglob("*")) == []


def test_hardly_a_name_is_left_out_for_being_a_word(values: set[str], fixed: str) -> None:
    skipped = Search(values, fixed).skipped
    assert all(len(value) == 2 for value in skipped), "only short names are words"
    assert len(skipped) < 0.02 * len(values)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kind", ["name", "number"])
def test_the_search_finds_what_is_planted(
    town: Town, tmp_path: Path, encoding: str, kind: str
) -> None:
    names, numbers = people(town.city)
    chosen = sorted(numbers if kind == "number" else {n for n in names if len(n) == 3})
    search = Search(names | numbers)
    for at, value in enumerate(chosen[:: len(chosen) // 5]):
        planted = os.urandom(5000 + at) + value.encode(encoding) + os.urandom(777)
        (tmp_path / "file").write_bytes(planted)
        assert value in search.found(planted)
        assert search.files(tmp_path).keys() == {"file"}


def test_the_search_sees_a_roll_in_the_clear(town: Town, values: set[str]) -> None:
    """The rolls as the bureaus hold them, so that an unencrypted snapshot could not hide."""
    from pyarrow.parquet import read_table

    roll = read_table(town.city / "rolls" / "2026-11" / "registry.parquet")
    clear = "\n".join(str(row) for row in roll.to_pylist()).encode("gb18030")
    assert len(Search(values).found(clear)) > 200
