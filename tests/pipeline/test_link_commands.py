"""An officer asks, judges and takes back on the command line; the next look follows each word."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from night_kit import rows
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.cli.run import crowd_rows
from gateway.inquiry import why
from gateway.linkage import Crowd, load_weights
from gateway.linkage.report import CROWD_WORDS
from gateway.wiring import open_site_store

SiteAfter = Callable[[int], Path]


def cwg(*words: str, told: str | None = None) -> Any:
    done = CliRunner().invoke(app, list(words), input=told)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout) if "--json" in words else done.output


def test_ask_judge_and_take_back(site_after: SiteAfter) -> None:
    site = str(site_after(1))
    pairs = cwg("link", "ask", "--site", site, "--json", "--limit", "500")
    assert pairs
    pair = pairs[0]
    assert "*" in pair["name"]
    assert pair["parts"]
    why = ("--by", "officer", "--reason", "papers", "--site", site)
    cwg("link", "judge", pair["pair"], "not-same", *why)
    # What is answered is open no more: a second officer takes the first word back, or lets it stand.
    late = ["link", "judge", pair["pair"], "same", "--by", "other", *why[2:]]
    assert CliRunner().invoke(app, late).exit_code == 2
    (standing,) = cwg("link", "judged", "--site", site, "--json")
    assert (standing["verdict"], standing["by"]) == ("not_same", "officer")
    assert standing["followed"]
    cwg("link", "take-back", str(standing["number"]), "--by", "officer", "--site", site)
    again = cwg("link", "ask", "--site", site, "--json", "--limit", "500")
    assert again == pairs
    actions = {r["action"] for r in rows(Path(site), "SELECT action FROM audit")}
    assert {"link.ask", "link.judge", "link.judged", "link.take_back"} <= actions


def test_explain_prints_no_name_and_no_number(site_after: SiteAfter) -> None:
    site = str(site_after(1))
    person = str(rows(Path(site), "SELECT person_id FROM person")[0]["person_id"])
    found = cwg("link", "explain", person, "--site", site, "--json", "--lang", "en")
    assert any(row["method"] == "base" for row in found)
    assert {"number: the same", "name: the same"} <= {
        p["part"] for row in found for p in row["parts"]
    }
    described = json.dumps({"name": "欧阳远", "birth_date": "2014-02-03"})
    cwg("link", "explain", "--site", site, "--json", told=described)
    bad = CliRunner().invoke(app, ["link", "explain", "--site", site], input='{"phone": "1"}')
    assert bad.exit_code == 2


def test_a_childs_page_tells_the_same_as_the_command(site_after: SiteAfter) -> None:
    """What each part of a link weighs, in words, is one: by night's files and by a look at the world."""
    site = site_after(1)
    compared = 0
    with open_site_store(site) as store:
        for row in rows(
            site, "SELECT DISTINCT person_id FROM child_file ORDER BY person_id LIMIT 3"
        ):
            told = cwg(
                "link",
                "explain",
                str(row["person_id"]),
                "--site",
                str(site),
                "--json",
                "--lang",
                "en",
            )
            shown = {r["row"]: r for r in told if r["linked"]}
            for night in store.child_files.of(row["person_id"], sealed=True):
                for fact in (*night.facts, *night.sealed):
                    said = why(fact)
                    if said is None or fact.ref not in shown:
                        continue
                    compared += 1
                    asked = shown[fact.ref]
                    assert asked["method"] == said.method
                    assert asked["weight"] == pytest.approx(said.weight, abs=0.06)
                    parts = [{"part": p.text.en, "bits": p.bits} for p in said.parts]
                    assert asked["parts"] == parts
                    assert asked["against"] == "; ".join(p.text.en for p in said.against)
                    assert asked["margin"] == pytest.approx(said.margin, abs=0.06)
    assert compared > 2


@pytest.mark.parametrize("words", [("judge", "0" * 12, "same"), ("judge", "0" * 12, "perhaps")])
def test_what_cannot_be_judged(site_after: SiteAfter, words: tuple[str, ...]) -> None:
    more = ["--by", "officer", "--reason", "papers", "--site", str(site_after(1))]
    assert CliRunner().invoke(app, ["link", *words, *more]).exit_code == 2


def test_train_proposes_and_writes_over_nothing(site_after: SiteAfter, tmp_path: Path) -> None:
    site, proposal = str(site_after(1)), tmp_path / "weights.yaml"
    words = ("link", "train", "--site", site, "--sample", "2000", "--out", str(proposal))
    report = cwg(*words, "--json")
    assert {s["block"] for s in report["sessions"]} == {"train_by_number", "train_by_name"}
    assert all(s["pairs"] > 100 for s in report["sessions"])
    assert load_weights(proposal).version == report["weights"]
    assert any(not level["kept"] for level in report["levels"])
    before = proposal.read_bytes()
    assert CliRunner().invoke(app, list(words)).exit_code == 2
    assert proposal.read_bytes() == before
    assert {"link.train"} <= {r["action"] for r in rows(Path(site), "SELECT action FROM audit")}


def test_a_splink_model_goes_out_and_comes_in(site_after: SiteAfter, tmp_path: Path) -> None:
    site, model, back = str(site_after(1)), tmp_path / "model.json", tmp_path / "weights.yaml"
    cwg("link", "export", "--splink", str(model), "--site", site)
    cwg("link", "import", "--splink", str(model), "--out", str(back), "--site", site)
    shipped = load_weights(Path("mappings/linkage/weights.v1.yaml"))
    assert load_weights(back).table().equals(shipped.table())
    for words in (("export", "--splink", str(model)), ("import", "--splink", str(back))):
        assert CliRunner().invoke(app, ["link", *words, "--site", site]).exit_code == 2


def test_a_run_says_which_values_too_many_rows_have() -> None:
    crowds = tuple(Crowd(kind, 1, 4000) for kind in CROWD_WORDS)
    report: Any = SimpleNamespace(links=SimpleNamespace(crowds=crowds))
    said = [row["value"] for row in crowd_rows(report)]
    assert said == [
        "姓名 · name",
        "出生日期 · birth date",
        "证件号码 · number",
        "监护人 · guardian",
    ]
