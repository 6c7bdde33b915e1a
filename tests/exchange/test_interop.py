"""Both directions against the sandbox bureaus, which were built from docs/exchange-format.md alone
and share no code and no crypto library with the gateway (jwcrypto, PyCryptodome, xmlsec, openssl)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from exchange_kit import MemorySeen

from gateway.evidence import Archive, ChainedLog, Shelf
from gateway.exchange import (
    KeyRing,
    PartnerFile,
    Room,
    RowProfile,
    SourceLine,
    SourceProfile,
    TrustBook,
    add_partner,
    make_site_keys,
)
from gateway.exchange.suites import soap as our_soap
from gateway.model.errors import ExchangeRefused
from gateway.model.exchange import Action
from sandbox.bureaus import chunks, files, messages, soap, soap_open
from sandbox.bureaus.contract import FILE_LIFE, Closing, Terms
from sandbox.bureaus.keys import KeyRing as TheirRing
from sandbox.bureaus.keys import load_ring, make_keys
from sandbox.bureaus.rows import grow, pages_root

BUREAUS = {"soap": "education", "jose": "medical_insurance", "file": "national_welfare_system"}
ROLLS = {"soap": "enrolment", "jose": "coverage", "file": "registry"}
ODD = '买买提·䶮 & <㐂>, "甲"'
SALT = bytes(range(32))
ROWS = {
    "soap": RowProfile("xml", "xsjbxx", "subject"),
    "jose": RowProfile("json", "output.psninsuinfo", "input.data"),
    "file": RowProfile("csv"),
}


def real_clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class Pair:
    """The gateway's room and each bureau's ring, each knowing only the other's certificates."""

    folder: Path
    theirs: dict[str, TheirRing]

    def room(self) -> Room:
        (self.folder / "spill").mkdir(exist_ok=True)
        return Room(
            party="gateway",
            keys=KeyRing.load(self.folder / "keys"),
            trust=TrustBook.load(self.folder / "partners"),
            archive=Archive(self.folder / "archive"),
            log=ChainedLog(self.folder / "log", "node-1"),
            sent=Shelf(self.folder / "sent"),
            seen=MemorySeen(),
            clock=real_clock,
            spill_dir=self.folder / "spill",
        )

    def line(self, suite: str, room: Room | None = None) -> SourceLine:
        bureau = BUREAUS[suite]
        profile = SourceProfile(
            bureau,
            bureau,
            suite,
            ROWS[suite],
            ROLLS[suite],
            "https://127.0.0.1/soap",  # type: ignore[arg-type]
        )
        return SourceLine(room or self.room(), profile)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder = tmp_path_factory.mktemp("interop")
    make_site_keys(folder / "keys", "gateway", real_clock() - timedelta(hours=1))
    theirs = {}
    for suite, bureau in BUREAUS.items():
        kind = "rsa" if suite == "soap" else "ec"
        make_keys(folder / bureau, bureau, kind)
        theirs[suite] = load_ring(folder / bureau, bureau, {"gateway": folder / "keys" / kind})
        spec = PartnerFile(name=bureau, sources=(bureau,), actions=tuple(Action))
        add_partner(folder / "partners", spec, sorted((folder / bureau).glob("*.cert.pem")))
    return Pair(folder, theirs)


def closing(count: int, root: str) -> Closing:
    return Closing(count, 1, pages_root([root]), (("419901", count), ("419902", 0)), ("419902",))


def answer_terms(suite: str, request_id: str, ending: Closing | None = None) -> Terms:
    bureau = BUREAUS[suite]
    return Terms(
        bureau,
        "gateway",
        "roll.answer",
        bureau,
        ROLLS[suite],
        "2026-11",
        request_id,
        closing=ending,
    )


def soap_bureau(ring: TheirRing) -> Callable[[bytes], bytes]:
    def carry(sealed: bytes) -> bytes:
        request = soap_open.open_message(ring, sealed)
        assert request.operation == "GetRoll"
        row = f"<xsjbxx><xm>{soap.escape(ODD)}</xm><xbm>1</xbm></xsjbxx>"
        spaced = row.replace("<xsjbxx>", f'<xsjbxx xmlns="{our_ns()}">')
        tree = grow([spaced.encode()] * 3, SALT)
        inner = "<status>ready</status><total>3</total><nextCursor></nextCursor>" + row * 3
        terms = answer_terms("soap", request.exchange.id, closing(3, tree.root))
        route = soap.Route(
            "http://www.w3.org/2005/08/addressing/anonymous", "GetRollResponse", request.exchange.id
        )
        return soap.seal(ring, terms, route, soap.Payload("GetRollResponse", inner), tree)

    return carry


def our_ns() -> str:
    return "urn:education:student-record:1"


def jose_bureau(ring: TheirRing) -> Callable[[bytes], bytes]:
    def carry(sealed: bytes) -> bytes:
        request = messages.open_message(ring, sealed)
        rows = [
            {"psn_name": ODD, "certno": str(i), "x": None, "ctl": "\x01\x7f\t"} for i in range(3)
        ]
        tree = grow([messages.canonical(row) for row in rows], SALT)
        output = {"total": "3", "cursor": "", "status": "ready", "psninsuinfo": rows}
        content = messages.orjson.dumps({"infcode": "0", "output": output})
        terms = answer_terms("jose", request.exchange.id, closing(3, tree.root))
        return messages.seal(ring, terms, content, tree)

    return carry


BUREAU_SIDE = {"soap": soap_bureau, "jose": jose_bureau}
REQUESTS = {
    "soap": f'<GetRoll xmlns="{our_ns()}"><period>2026-11</period><cursor/></GetRoll>'.encode(),
    "jose": b'{"infno":"CWG01","input":{"data":{"period":"2026-11","cursor":""}}}',
}
CONTROLS = {
    "soap": {"status": "status", "cursor": "nextCursor", "total": "total"},
    "jose": {"status": "output.status", "cursor": "output.cursor", "total": "output.total"},
}


@pytest.mark.parametrize("suite", ["soap", "jose"])
def test_a_call_and_its_answer(pair: Pair, suite: str) -> None:
    room = pair.room()
    line = pair.line(suite, room)
    carry = BUREAU_SIDE[suite](pair.theirs[suite])
    answer = line.call(Action.ROLL, REQUESTS[suite], carry, CONTROLS[suite], period="2026-11")
    assert answer.controls == {"status": "ready", "cursor": "", "total": "3"}
    assert (answer.row_count, answer.last) == (3, True)
    delivery = line.close(ROLLS[suite], "2026-11", [answer])
    assert delivery.closing.held_scopes == ("419902",)
    (exchange,) = line.verified(delivery)
    text = exchange.payload.read().decode()
    assert (ODD if suite == "jose" else soap.escape(ODD)) in text.replace('\\"', '"')
    receipt = messages.open_receipt(
        as_receipt_reader(pair), line.receipts[answer.ref.exchange_id].encode()
    )
    assert (receipt["result"], receipt["rows_root"]) == ("accepted", exchange.header.rows_root)
    assert receipt["sealed_digest"] == answer.ref.sealed_digest


def as_receipt_reader(pair: Pair) -> TheirRing:
    return pair.theirs["jose"]


@pytest.mark.parametrize("suite", ["soap", "jose"])
@pytest.mark.parametrize("action", [Action.ASK, Action.DELIVER, Action.PROBE])
def test_they_read_our_other_requests(pair: Pair, suite: str, action: Action) -> None:
    documents = {
        ("soap", Action.ASK): f'<AskStatus xmlns="{our_ns()}"><subject><sfzjlxm>1</sfzjlxm>'
        "<sfzjh>x &amp; y</sfzjh></subject><subject><sfzjh>z</sfzjh></subject></AskStatus>",
        (
            "soap",
            Action.DELIVER,
        ): f'<e:Deliver xmlns:e="{our_ns()}"><e:document>eA==</e:document></e:Deliver>',
        ("soap", Action.PROBE): f'<Probe xmlns="{our_ns()}"/>',
        (
            "jose",
            Action.ASK,
        ): f'{{"input":{{"data":[{{"certno":"{"一"}","psn_cert_type":"01"}}]}}}}',
        ("jose", Action.DELIVER): '{"input":{"data":{"document":"eA=="}}}',
        ("jose", Action.PROBE): '{"input":{}}',
    }
    seen = []

    def carry(sealed: bytes) -> bytes:
        if suite == "soap":
            opened = soap_open.open_message(pair.theirs["soap"], sealed)
        else:
            opened = messages.open_message(pair.theirs["jose"], sealed)
        seen.append(opened.exchange)
        return b"no answer"

    with pytest.raises(ExchangeRefused):
        document = documents[suite, action].encode()
        pair.line(suite).call(action, document, carry, {}, period="2026-11")
    assert [(e.action, e.row_count) for e in seen] == [
        (action, {("soap", Action.ASK): 2, ("jose", Action.ASK): 1}.get((suite, action), 0))
    ]
    assert seen[0].roll == (ROLLS[suite] if action is Action.ASK else "")


@pytest.mark.parametrize("count", [0, 1, 2000])
def test_their_file_opens_here(pair: Pair, tmp_path: Path, count: int) -> None:
    text = ("姓名,说明\r\n" + f'{ODD.replace(chr(34), chr(34) * 2)},"x"\r\n' * count).encode(
        "gb18030"
    )
    tree = grow(files.csv_lines(text), SALT)
    terms = Terms(
        BUREAUS["file"], "gateway", "roll", BUREAUS["file"], "registry", "2026-11",
        closing=closing(count, tree.root), life=FILE_LIFE,
    )  # fmt: skip
    exchange, sealed = files.seal(pair.theirs["file"], terms, text, tree)
    path = files.write(tmp_path, "any-name.cwgx", sealed)
    line = pair.line("file")
    assert line.peek(path) == ("registry", "2026-11", exchange.id, "")
    answer = line.accept(path, {})
    delivery = line.close("registry", "2026-11", [answer])
    (opened,) = line.verified(delivery)
    assert opened.payload.read() == text
    assert opened.header.row_count == count


def test_our_file_opens_there(pair: Pair, tmp_path: Path) -> None:
    text = ("姓名\r\n" + "某\r\n" * 5000).encode("gb18030")
    sent = pair.line("file").drop(Action.ASK, text, tmp_path, roll="registry", period="2026-11")
    (path,) = tmp_path.glob("*.cwgx")
    opened = files.open_file(pair.theirs["file"], path.read_bytes())
    assert opened.content == text
    assert (opened.exchange.id, opened.exchange.row_count) == (sent.exchange_id, 5000)


def test_their_chunks_with_the_other_hash_are_ours() -> None:
    import io
    from dataclasses import replace

    from cryptography.hazmat.primitives.hashes import SHA512

    from gateway.exchange.suites import chunked

    other_hash = replace(chunked.AES, hash=SHA512())
    plain = bytes(range(256)) * 300
    sealed = chunks.seal(SALT, b"context", plain, "sha512")
    assert b"".join(chunked.unseal(io.BytesIO(sealed), SALT, b"context", other_hash)) == plain


def test_their_canonical_envelope_is_ours(pair: Pair) -> None:
    """An envelope that zeep would build is reduced to its payload element."""
    envelope = (
        '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Body>'
        f'<n0:Probe xmlns:n0="{our_ns()}"/></soap:Body></soap:Envelope>'
    )
    assert our_soap.content_for_seal(envelope.encode()) == (
        f'<n0:Probe xmlns:n0="{our_ns()}"></n0:Probe>'.encode()
    )
