"""`cwg client sandbox`: a site of invented children that another system's makers try their calls on."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from gateway.access import ApiScope, Purpose, check_client, read_keys
from gateway.cli.common import command, out, say
from gateway.cli.init import make_site
from gateway.exchange import make_site_keys, read_passphrase
from gateway.exchange.national import Sm2PrivateKey
from gateway.model.answers import GROUND, Kept, Question, named_token, number_token, pack
from gateway.model.cases import CASE_PERSON, TRANSITION
from gateway.model.clients import ClientRow
from gateway.model.identifiers import check_digit
from gateway.model.names import name_key
from gateway.store import Store
from gateway.wiring import PARTY, open_site_store

CLIENT, COUNTY, GUARDIAN = "trial", "419901", "赵示例"
_LETTERS = {"y": "yes", "n": "no", "h": "not_known: held", "a": "not_known: ambiguous"}


@dataclass(frozen=True, slots=True)
class Seeded:
    """One invented child: `said` is a letter for each question, in the order of `Question`."""

    person_id: int
    name: str
    said: str
    rule: str = ""
    reason: str = ""
    owner: str = "education"

    @property
    def born(self) -> date:
        """An invented birth date."""
        return date(2016, self.person_id, 1 + self.person_id)

    @property
    def number(self) -> str:
        """An invented number whose check digit is right, of a county that there is not."""
        first = f"{COUNTY}{self.born:%Y%m%d}00{self.person_id}"
        return first + check_digit(first)


CHILDREN = (
    Seeded(1, "安示例", "yyy"),
    Seeded(2, "白示例", "nyn", "EDU-01", "no_enrolment"),
    Seeded(3, "陈示例", "yny", "MED-01", "no_coverage", "medical_insurance"),
    Seeded(4, "邓示例", "hyn"),
    Seeded(5, "方示例", "ayy"),
    Seeded(6, "高示例", "yyn", "WEL-01", "extreme_hardship", "civil_affairs"),
)


@command
def sandbox(
    folder: Annotated[Path, typer.Argument(help="the new site's folder")],
) -> None:
    """Make a site of invented children with one client, whose keys are printed this once as JSON."""
    today = datetime.now(UTC).date()
    make_site(folder, "接口联调沙箱（虚构）", "419900", (COUNTY,), as_of=today.isoformat())
    make_site_keys(
        folder / "keys", PARTY, datetime.now(UTC), passphrase=read_passphrase(), kinds=("sm2",)
    )
    settings = folder / "site.toml"
    text = settings.read_text("utf-8")
    settings.write_text(f'{text}\n[dci]\nprefix = "/dci/v1.0.0"\n', "utf-8")
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("sign", "encrypt")}
    sm2 = {name: Sm2PrivateKey.generate() for name in ("sm2_sign", "sm2_encrypt")}
    with open_site_store(folder) as store:
        findings = _seed(store, today)
        _register(store, keys, sm2)
    pems = {name: _pem(key) for name, key in keys.items()}
    pems |= {name: key.to_pem().decode() for name, key in sm2.items()}
    told = {"client": CLIENT, "audience": f"urn:cwg:site:{PARTY}", "keys": pems}
    out(json.dumps(told | {"children": [_told(c, findings) for c in CHILDREN]}, ensure_ascii=False))
    say("every child is invented; the keys are shown this once · 儿童均为虚构，密钥仅显示一次")
    say(f"next: cwg serve --site {folder}")


def _told(child: Seeded, findings: Mapping[int, str]) -> dict[str, object]:
    said = {str(q): _LETTERS[one] for q, one in zip(Question, child.said, strict=True)}
    return {
        "value": child.number, "name": child.name, "dob": child.born.isoformat(),
        "guardian": GUARDIAN, "answers": said, "finding": findings.get(child.person_id),
    }  # fmt: skip


def _seed(store: Store, today: date) -> dict[int, str]:
    """One published night; the keys of its findings by person."""
    now = datetime.now(UTC)
    run = store.runs.begin_run(today, now, "night", False, f"{today:%Y-%m}/all")
    found = {child.person_id: secrets.token_hex(32) for child in CHILDREN if child.rule}
    rows = [_transition(c, found[c.person_id], today) for c in CHILDREN if c.rule]
    people = [_person(c) for c in CHILDREN if c.rule]
    store.night.apply_transitions(
        run.run_id, pa.Table.from_pylist(rows, schema=TRANSITION),
        pa.Table.from_pylist(people, schema=CASE_PERSON), (),
    )  # fmt: skip
    key, kept = store.answers.index_key, []
    for child in CHILDREN:
        one = Kept(child.person_id, f"{COUNTY}001001", child.said)
        names = (name_key(child.name) or "", child.born, name_key(GUARDIAN) or "")
        kept.append(("number", number_token(key, child.number), one))
        kept.append(("named", named_token(key, *names), one))
    ground = [
        {"question": question, "county": COUNTY, "roll_as_of": today, "coverage": "province",
         "until_day": today + timedelta(days=30)}
        for question in Question
    ]  # fmt: skip
    store.answers.put(run.run_id, pack(kept), pa.Table.from_pylist(ground, schema=GROUND))
    store.runs.finish_run(run.run_id, "done", now)
    return found


def _transition(child: Seeded, key: str, today: date) -> dict[str, Any]:
    return dict.fromkeys(TRANSITION.names) | {
        "finding_key": key, "rule": child.rule, "rule_version": 1, "person_id": child.person_id,
        "division": f"{COUNTY}001001", "severity": "2", "owner": child.owner, "answer": "no",
        "reason": child.reason, "access": "ordinary", "episode": today.replace(day=1),
        "evidence": "[]", "evidence_digest": secrets.token_hex(32), "to_state": "open",
        "event": "found", "event_evidence": "[]", "view_changed": True,
        "due_on": today + timedelta(days=7),
    }  # fmt: skip


def _person(child: Seeded) -> dict[str, Any]:
    return {
        "person_id": child.person_id, "name": child.name, "id_number": child.number,
        "birth_date": child.born, "sex": "12"[child.person_id % 2],
        "division": f"{COUNTY}001001", "guardian_name": GUARDIAN,
    }  # fmt: skip


def _register(
    store: Store, keys: Mapping[str, ec.EllipticCurvePrivateKey], sm2: Mapping[str, Sm2PrivateKey]
) -> None:
    points = {
        "sign": ("P-256", "sig", _point(keys["sign"])),
        "encrypt": ("P-256", "enc", _point(keys["encrypt"])),
        "sm2_sign": ("SM2", "sig", sm2["sm2_sign"].public_key().point),
        "sm2_encrypt": ("SM2", "enc", sm2["sm2_encrypt"].public_key().point),
    }
    jwks = [
        {"kty": "EC", "crv": crv, "use": use, "kid": name, "x": _text(point[1:33]),
         "y": _text(point[33:])}
        for name, (crv, use, point) in points.items()
    ]  # fmt: skip
    scopes = tuple(sorted(s for s in ApiScope if s is not ApiScope.SUBMIT))
    basis = "虚构数据联调，不涉及真实个人"
    row = ClientRow(
        CLIENT, "联调系统（虚构）", read_keys(json.dumps({"keys": jwks}).encode()), scopes,
        ("",), {str(purpose): basis for purpose in Purpose}, "cwg client sandbox",
        datetime.now(UTC),
    )  # fmt: skip
    check_client(row)
    store.clients.put(row)


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _text(number: bytes) -> str:
    return base64.urlsafe_b64encode(number).decode().rstrip("=")


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
