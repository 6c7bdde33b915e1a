"""Two sites on one machine, over a folder and over HTTPS, with a rotation of keys in mid-traffic."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from exchange_kit import (
    CONTROLS,
    NOW,
    PROFILES,
    Clock,
    MemorySeen,
    log_kinds,
    request_content,
    rows_content,
)
from servers import Handler, make_authority, serving

from gateway.evidence import Archive, ChainedLog, Shelf
from gateway.exchange import (
    Door,
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
    seal_message,
    sign_heads,
    trust_certificate,
)
from gateway.exchange.policy import KIND_OF_SUITE, SuiteName
from gateway.model.errors import ExchangeRefused, PeerRefused, Refusal, Unreachable
from gateway.model.exchange import Action, ScopeCount
from gateway.transport.gate import Gate
from gateway.transport.http import Http, HttpSettings
from gateway.transport.post import Post
from gateway.transport.retry import Patience

ACTIONS = (Action.ROLL, Action.ROLL_ANSWER)


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
            name=other.name, sources=("registry",), actions=ACTIONS, suites=(self.suite,),
            app_id="TWOSITES01",
        )  # fmt: skip
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

    def answer(self, asker: "Site") -> Callable[[Handler], None]:
        """What this site's server does with a sealed request: opens it, or refuses without a reason."""

        def behave(handler: Handler) -> None:
            profile = SourceProfile("registry", asker.name, self.suite, PROFILES[self.suite])
            try:
                asked = Door(self.room(), profile).receive(
                    io.BytesIO(handler.seen[-1][1]), lambda found: None
                )
            except ExchangeRefused:
                handler.answer(400)
                return
            asked.exchange.payload.close()
            trust = TrustBook.load(self.folder / "partners")
            sealer = Sealer(self.ring, trust, self.clock.now, PROFILES[self.suite])
            draft = Draft(
                self.name, asker.name, Action.ROLL_ANSWER, "registry", "registry", "2026-11",
                in_reply_to=asked.exchange.header.id, ending=Ending((ScopeCount("419901", 3),)),
            )  # fmt: skip
            content = rows_content(self.suite)
            handler.answer(200, seal_message(self.suite, content, draft, sealer)[1])

        return behave

    def ask(self, other: "Site", base: str, authority: Path) -> int:
        """Rows of the roll that the other site answers with, fetched over HTTPS and verified."""
        endpoint = f"{base}/registry"
        profile = SourceProfile(
            "registry", other.name, self.suite, PROFILES[self.suite], "registry", endpoint
        )
        line = SourceLine(self.room(), profile)
        with Http(HttpSettings(base, authority, timeout_seconds=10)) as http:
            post = Post(http, Gate("registry"), Patience(attempts=1))
            answer = line.call(
                Action.ROLL,
                request_content(self.suite),
                lambda sealed: post.send("/registry", sealed, "application/octet-stream"),
                CONTROLS[self.suite],
                period="2026-11",
            )
        (exchange,) = line.verified(line.close("registry", "2026-11", [answer]))
        with exchange.payload:
            return exchange.header.row_count

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


UNKNOWN, ALTERED = Refusal.UNKNOWN_SENDER, Refusal.ALTERED
UNGIVEN = [("soap", UNKNOWN), ("jose", UNKNOWN), ("sm2", UNKNOWN), ("sm2-form", ALTERED)]
"""How a key that nobody was given looks: a form names no key, so its signature just does not hold."""


@pytest.mark.parametrize(("suite", "ungiven"), UNGIVEN, ids=[name for name, _ in UNGIVEN])
def test_messages_go_on_over_https_through_a_rotation(
    tmp_path: Path, suite: SuiteName, ungiven: Refusal
) -> None:
    clock = Clock()
    city = Site("city", tmp_path / "city", clock, suite)
    province = Site("province", tmp_path / "province", clock, suite)
    city.know(province)
    province.know(city)
    authority, tls = make_authority(tmp_path, "authority")
    stranger, _ = make_authority(tmp_path, "stranger")
    with serving(province.answer(city), tls) as served:
        assert city.ask(province, served.base, authority) == 3
        with pytest.raises(Unreachable):
            city.ask(province, served.base, stranger)
        province.rotate()
        assert city.ask(province, served.base, authority) == 3, "announced, the old key still signs"
        clock.now = NOW + timedelta(days=15)
        with pytest.raises(ExchangeRefused) as caught:
            city.ask(province, served.base, authority)
        assert caught.value.reason is ungiven, "signed with a key nobody was given"
        city.pin(province)
        assert city.ask(province, served.base, authority) == 3
        stolen = city.ring.signing(KIND_OF_SUITE[suite], clock.now).thumbprint
        revoke_partner_key(province.folder / "partners", "city", stolen, clock.now)
        with pytest.raises(PeerRefused):
            city.ask(province, served.base, authority)
    assert [kind for kind, _ in log_kinds(city.room())].count("accepted") == 3
    assert [reason for _, reason in log_kinds(city.room()) if reason] == [ungiven]
    assert [reason for _, reason in log_kinds(province.room()) if reason] == [Refusal.REVOKED_KEY]
