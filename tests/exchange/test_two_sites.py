"""Two sites on one machine over a folder, with a rotation of keys in the middle of the traffic."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from exchange_kit import NOW, Clock, MemorySeen, log_kinds, rows_content

from gateway.evidence import Archive, ChainedLog, Shelf
from gateway.exchange import (
    Draft,
    Ending,
    KeyRing,
    PartnerFile,
    Room,
    RowProfile,
    Sealer,
    SourceLine,
    SourceProfile,
    TrustBook,
    add_partner,
    check_heads,
    export_certificates,
    make_site_keys,
    revoke_partner_key,
    rotate_keys,
    seal_file,
    sign_heads,
    trust_certificate,
)
from gateway.exchange.policy import KIND_OF_SUITE, SuiteName
from gateway.model.errors import ExchangeRefused, Refusal
from gateway.model.exchange import Action, ScopeCount


@dataclass
class Site:
    """One site with its own keys, partners, archive and log."""

    name: str
    folder: Path
    clock: Clock
    suite: SuiteName

    def __post_init__(self) -> None:
        kind = KIND_OF_SUITE[self.suite]
        make_site_keys(self.folder / "keys", self.name, self.clock.now, kinds=("ec",))
        if kind != "ec":
            make_site_keys(self.folder / "keys", self.name, self.clock.now, kinds=(kind,))
        (self.folder / "spill").mkdir()
        self.ring = KeyRing.load(self.folder / "keys")
        self.seen = MemorySeen()

    def know(self, other: "Site") -> None:
        spec = PartnerFile(
            name=other.name, sources=("registry",), actions=(Action.ROLL,), suites=(self.suite,)
        )
        add_partner(self.folder / "partners", spec, [])
        self.pin(other)

    def pin(self, other: "Site") -> None:
        given = other.folder / "given"
        for path in export_certificates(other.ring, given, self.clock.now):
            trust_certificate(self.folder / "partners", other.name, path)

    def rotate(self) -> None:
        kinds = (KIND_OF_SUITE[self.suite],)
        rotate_keys(
            self.folder / "keys", self.name, self.clock.now + timedelta(days=14), kinds, None
        )
        self.ring = KeyRing.load(self.folder / "keys")

    def send(self, to: "Site", inbox: Path) -> Path:
        trust = TrustBook.load(self.folder / "partners")
        rows = RowProfile("csv")
        sealer = Sealer(self.ring, trust, self.clock.now, rows)
        source = self.folder / "roll.csv"
        source.write_bytes(rows_content("file"))
        draft = Draft(
            self.name, to.name, Action.ROLL, "registry", "registry", "2026-11",
            ending=Ending((ScopeCount("419901", 3),)),
        )  # fmt: skip
        header = seal_file(source, inbox, "text/csv; charset=gb18030", draft, sealer, self.suite)
        return inbox / f"{header.id}.cwgx"

    def room(self) -> Room:
        evidence = self.folder / "evidence"
        return Room(
            self.name, self.ring, TrustBook.load(self.folder / "partners"),
            Archive(evidence / "archive"), ChainedLog(evidence / "log", "node-1"),
            Shelf(evidence / "sent"), self.seen, self.clock, self.folder / "spill",
        )  # fmt: skip

    def take(self, path: Path, sender: "Site") -> int:
        profile = SourceProfile("registry", sender.name, self.suite, RowProfile("csv"), "registry")
        return SourceLine(self.room(), profile).accept(path, {}).row_count


@pytest.mark.parametrize("suite", ["file", "sm2-file", "cms"])
def test_traffic_goes_on_through_a_rotation(tmp_path: Path, suite: SuiteName) -> None:
    clock, inbox = Clock(), tmp_path / "inbox"
    inbox.mkdir()
    city = Site("city", tmp_path / "city", clock, suite)
    province = Site("province", tmp_path / "province", clock, suite)
    city.know(province)
    province.know(city)
    both = ((city, province), (province, city))
    for one, other in both:
        assert other.take(one.send(other, inbox), one) == 3
    old = {
        key.thumbprint for key in TrustBook.load(province.folder / "partners").partner("city").keys
    }
    city.rotate()
    waiting = province.send(city, inbox)
    province.pin(city)
    for day in (1, 12, 15, 30):
        clock.now = NOW + timedelta(days=day)
        for one, other in both:
            assert other.take(one.send(other, inbox), one) == 3, f"day {day}"
        if day == 1:
            assert city.take(waiting, province) == 3, "sealed to the old key, while it rotated"
    keys = TrustBook.load(province.folder / "partners").partner("city").keys
    assert len(keys) == len(old) + 2 and old < {key.thumbprint for key in keys}
    stolen = city.ring.signing(KIND_OF_SUITE[suite], clock.now).thumbprint
    last = city.send(province, inbox)
    revoke_partner_key(province.folder / "partners", "city", stolen, clock.now)
    with pytest.raises(ExchangeRefused) as caught:
        province.take(last, city)
    assert caught.value.reason is Refusal.REVOKED_KEY
    for site in (city, province):
        logs = site.folder / "evidence" / "log"
        assert sign_heads(logs, "node-1", site.ring, clock.now)
        certificates = [pair.certificate for pair in site.ring.certificates()]
        assert check_heads(logs, "node-1", certificates, ChainedLog(logs, "node-1")) == 1
    assert [kind for kind, _ in log_kinds(province.room())].count("accepted") == 5
