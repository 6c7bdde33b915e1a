"""The medical-insurance adapter in its second dialect: one roll over the national field form."""

import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from exchange_kit import APP, BUREAU, NOW, US, Reply, World, partner_file

from adapters.medical_insurance import MedicalInsuranceAdapter, Settings
from adapters.medical_insurance.dialect import DIALECTS, FORM, Dialect, dialect_of
from gateway.exchange import KIND_OF_SUITE, RowProfile, SourceLine, SourceProfile
from gateway.exchange.suites.parts import Opening
from gateway.exchange.suites.table import UNSEAL
from gateway.model.exchange import Action


class Bureau:
    """Answers every request with one page of three people, sealed in the suite that was agreed."""

    def __init__(self, world: World, suite: str) -> None:
        self.world, self.suite = world, suite
        self.sent: list[tuple[str, bytes, str]] = []

    def send(self, path: str, sealed: bytes, content_type: str) -> bytes:
        self.sent.append((path, sealed, content_type))
        reply = Reply(content(), {"source": "medical_insurance", "roll": "coverage"})
        return self.world.answerer(self.suite, reply)(sealed)


def content() -> bytes:
    rows = [{"psn_no": str(i), "psn_name": f"某{i}"} for i in range(3)]
    output = {"total": "3", "cursor": "", "status": "ready", "psninsuinfo": rows}
    return json.dumps({"infcode": "0", "output": output}, ensure_ascii=False).encode()


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.suite)
def test_a_roll_in_each_dialect(make_world: Any, dialect: Dialect) -> None:
    partners = (partner_file(BUREAU, sources=("medical_insurance",), suites=(dialect.suite,)),)
    world = make_world(partners=partners)
    suite: Any = dialect.suite
    rows = RowProfile("json", "output.psninsuinfo", "input.data")
    profile = SourceProfile("medical_insurance", BUREAU, suite, rows, "coverage", "https://x/")
    bureau, line = Bureau(world, suite), SourceLine(world.room(), profile)
    adapter = MedicalInsuranceAdapter(
        bureau,  # type: ignore[arg-type]
        lambda: datetime(2026, 11, 16, 9, 2, 3),
        Settings(dialect=dialect_of(suite)),
    )
    delivery = adapter.collect("coverage", "2026-11", line)
    assert delivery.closing.rows == 3
    ((path, sealed, content_type),) = bureau.sent
    assert (path, content_type) == ("/fsi/api/roll", dialect.content_type)
    opening = Opening(world.keys.ring(BUREAU), world.their_trust, NOW, world.limits, US)
    opened = UNSEAL[suite](io.BytesIO(sealed), opening)
    assert isinstance(opened.contract, dict)
    assert opened.contract["action"] == Action.ROLL
    assert json.loads(b"".join(opened.content))["infno"] == "CWG01"


def test_the_form_on_the_wire(make_world: Any, tmp_path: Path) -> None:
    world = make_world(partners=(partner_file(sources=("medical_insurance",)),))
    profile = SourceProfile(
        "medical_insurance", BUREAU, "sm2-form", RowProfile("json"), "coverage", "https://x/"
    )
    bureau = Bureau(world, "sm2-form")
    adapter = MedicalInsuranceAdapter(
        bureau,  # type: ignore[arg-type]
        lambda: datetime(2026, 11, 16, 9, 2, 3),
        Settings(dialect=FORM),
    )
    adapter.probe(SourceLine(world.room(), profile))
    form = json.loads(bureau.sent[0][1])
    assert (form["appId"], form["encType"], form["signType"]) == (APP, "SM4", "SM2")
    assert form["timestamp"] == "20261116090203", "the contract's time, in China"


def test_every_dialect_is_a_suite() -> None:
    assert {dialect.suite for dialect in DIALECTS} <= set(KIND_OF_SUITE)
    assert dialect_of("no such").suite == "jose"
