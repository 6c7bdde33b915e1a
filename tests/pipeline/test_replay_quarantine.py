"""Rolls with quarantined rows, read again after their mapping was mended."""

from collections.abc import Callable
from pathlib import Path

from night_kit import NIGHTS, Town, rows, run_night
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.wiring_files import find_mapping

RUN = CliRunner()
NAME = "national_welfare_system/assistance.v1"


def spoil(site: Path) -> None:
    """A mapping of the site's own that takes birth dates from the column of the household's kind."""
    ours = find_mapping(site, NAME)
    own = site / "mappings" / f"{NAME}.yaml"
    own.parent.mkdir(parents=True, exist_ok=True)
    text = ours.read_text("utf-8")
    swapped = text.replace("from: 出生日期, ", "from: 姓名, ").replace(
        "on_error: warn", "on_error: quarantine"
    )
    swapped = swapped.replace("  出生日期: {}", "  出生日期: {ignore: a slip}")
    assert swapped != text
    own.write_text(swapped, "utf-8")


def test_a_mended_mapping_reads_the_rows_again_and_doubles_nothing(
    site_after: Callable[[int], Path], bureaus_in_order: Town
) -> None:
    site, whole = site_after(2), site_after(3)
    spoil(site)
    bad = next(c for c in run_night(site, NIGHTS[2]).collected if c.roll == "assistance")
    assert bad.quarantined > 10
    (site / "mappings" / f"{NAME}.yaml").unlink()
    done = RUN.invoke(app, ["quarantine", "replay", "--site", str(site), "--json"])
    assert done.exit_code == 0, done.output
    newest = (
        "SELECT received, accepted, quarantined, superseded FROM ledger WHERE roll = 'assistance' "
        "ORDER BY run_id DESC LIMIT 1"
    )
    (sums,), (expected,) = rows(site, newest), rows(whole, newest)
    assert sums == expected
    root = (
        "SELECT table_name, root FROM snapshot AS s WHERE roll = 'assistance' AND known_from = "
        "(SELECT max(known_from) FROM snapshot WHERE roll = 'assistance') ORDER BY table_name"
    )
    assert rows(site, root) == rows(whole, root)
    states = rows(
        site, "SELECT state, count(*) AS n FROM quarantine WHERE roll = 'assistance' GROUP BY state"
    )
    counts = {row["state"]: row["n"] for row in states}
    assert counts["replayed"] == bad.quarantined - expected["quarantined"] > 0
    assert counts.get("current", 0) == expected["quarantined"]
    after = run_night(site, NIGHTS[2])
    assert next(c for c in after.collected if c.roll == "assistance").state == "verified"


def test_nothing_to_replay_is_said(site_after: Callable[[int], Path]) -> None:
    done = RUN.invoke(app, ["quarantine", "replay", "--site", str(site_after(0))])
    assert done.exit_code == 2
    assert "no roll of this month" in done.output
