"""What an operator types: `cwg work`, `cwg webhook`, `cwg rights`; nothing personal is printed."""

import json
from pathlib import Path

import pytest
from dispatch_kit import NOW, Bench, no_names, outbox_states
from typer.testing import CliRunner, Result

from gateway.cli.main import app
from gateway.model.clients import ClientRow


def typed(town: Bench, *words: str, text: str = "") -> Result:
    found = CliRunner().invoke(app, [*words, "--site", str(town.folder)], input=text)
    assert no_names(found.output)
    return found


def test_a_referral_to_the_wrong_recipient_is_listed_mended_and_sent_by_a_round(
    town: Bench,
) -> None:
    case = town.case(1, "MED-01")
    town.refer(case, "education")
    assert "1 given up" in typed(town, "work").stderr
    (item,) = json.loads(typed(town, "work", "list", "--json").stdout)
    assert (item["case_id"], item["kind"], item["error"]) == (case, "referral", "UsageError")
    number = str(item["outbox_id"])
    assert typed(town, "work", "retry", number, "--recipient", "medical_insurance").exit_code == 0
    assert "1 sent" in typed(town, "work").stderr
    assert typed(town, "work", "retry", number).exit_code == 1
    assert len(town.base.asked("medical_insurance")) == 1
    assert [e.action for e in town.store.audit.unchained()][-1] == "referral.send"


def test_what_is_skipped_is_said_twice_and_never_sent(town: Bench) -> None:
    town.refer(town.case(1, "MED-01"), "education")
    typed(town, "work")
    assert typed(town, "work", "skip", "1").exit_code == 2
    assert typed(town, "work", "skip", "1", "--yes").exit_code == 0
    assert outbox_states(town.store)[0][2] == "skipped"


def test_a_webhook_is_made_shown_once_and_ended(town: Bench) -> None:
    made = ("webhook", "add", "--client", "platform", "--url", "https://platform.example/cases")
    assert typed(town, *made).exit_code == 2
    row = ClientRow("platform", "省平台", "{}", (), ("",), {"casework": "x"}, "x", NOW)
    town.store.clients.put(row)
    shown = typed(town, *made, "--rule", "EDU-01")
    assert shown.exit_code == 0
    assert "whsec_" in shown.stdout
    listed = typed(town, "webhook", "list", "--json").stdout
    assert "whsec_" not in listed
    assert json.loads(listed)[0]["rules"] == "EDU-01"
    assert typed(town, "webhook", "replay", "1", "--since", "2026-11-01").exit_code == 0
    assert typed(town, "webhook", "end", "1").exit_code == 0
    assert typed(town, "webhook", "end", "1").exit_code == 1


def test_a_request_is_taken_listed_and_refused_at_the_counter(town: Bench) -> None:
    case = ("--case", str(town.case(1, "MED-01")))
    taken = typed(
        town, "rights", "request", *case, "--kind", "correction", "--guardian",
        "--bureau", "medical_insurance", "--text", text="出生日期不对",
    )  # fmt: skip
    assert taken.exit_code == 0
    (row,) = json.loads(typed(town, "rights", "list", "--json").stdout)
    assert (row["kind"], row["asked_by"]) == ("correction", "guardian")
    answer = ("rights", "answer", "1", *case, "--refuse", "already_right")
    assert typed(town, *answer, text="").exit_code == 2
    assert typed(town, *answer, text="核对无误").exit_code == 0
    seen = json.loads(typed(town, "rights", "who-saw", *case, "--json").stdout)
    assert {s["who"] for s in seen} == {"officer"}


@pytest.mark.parametrize("name", ["work", "webhook", "rights"])
def test_a_folder_that_is_no_site_is_said(tmp_path: Path, name: str) -> None:
    words = [name] if name == "work" else [name, "list"]
    assert CliRunner().invoke(app, [*words, "--site", str(tmp_path)]).exit_code == 1
