"""Help for the bureaus' tests: keys of all parties, a tiny city, and the gateway's side of a talk.

The gateway's side is played with the sandbox's own seal and open, under the gateway's keys.
"""

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandbox.bureaus import education, messages, soap, soap_open
from sandbox.bureaus.contract import Terms
from sandbox.bureaus.errors import Refused
from sandbox.bureaus.keys import KeyRing, load_ring, make_keys
from sandbox.bureaus.launch import Bureau
from sandbox.bureaus.rolls import COUNTIES
from sandbox.bureaus.rows import NO_ROWS, Tree, grow

PERIOD = "2026-11"
INSURANCE_COLUMNS = [
    "psn_insu_rlts_id",
    "psn_no",
    "psn_cert_type",
    "certno",
    "psn_name",
    "gend",
    "naty",
    "brdy",
    "surv_stas",
    "insutype",
    "psn_type",
    "psn_insu_stas",
    "crt_insu_date",
    "paus_insu_date",
    "clct_flag",
    "clct_time",
    "insu_year",
    "insuplc_admdvs",
    "resd_loc_admdvs",
    "emp_name",
]
REGISTRY_COLUMNS = [
    "档案编号",
    "姓名",
    "性别",
    "出生日期",
    "民族",
    "身份证件类型",
    "身份证件号码",
    "儿童类别",
    "类别代码",
    "户籍区划",
    "现住址",
    "监护人姓名",
    "监护人身份证号",
    "与儿童关系",
    "监护情况",
    "认定日期",
    "退出日期",
    "退出原因",
    "末领年月",
    "月发放金额",
]
ASSISTANCE_COLUMNS = [
    "FAMILY_ID",
    "成员序号",
    "CARD_NO",
    "ASSISTANCE_TYPE",
    "区划",
    "户主姓名",
    "户主身份证号",
    "姓名",
    "与户主关系",
    "身份证号",
    "性别",
    "出生日期",
    "民族",
    "健康状况",
    "残疾类别",
    "残疾等级",
    "ASSISTANCE_MON",
    "ASSISTANCE_BEGIN",
    "ASSISTANCE_END",
    "CARD_STATUS",
]
ODD_NAME = '买买提·䶮 & <㐂>, "甲"'


@dataclass(frozen=True, slots=True)
class Keys:
    """Key rings: each bureau and the gateway as that bureau's partner, and a stranger."""

    folder: Path
    education: KeyRing
    gateway_rsa: KeyRing
    insurance: KeyRing
    gateway: KeyRing
    stranger: KeyRing
    stranger_rsa: KeyRing


def make_all_keys(folder: Path) -> Keys:
    parties = {
        "education": ("education", "rsa"),
        "gateway-rsa": ("gateway", "rsa"),
        "insurance": ("medical_insurance", "ec"),
        "gateway": ("gateway", "ec"),
        "stranger": ("gateway", "ec"),
        "stranger-rsa": ("gateway", "rsa"),
    }
    for name, (party, kind) in parties.items():
        make_keys(folder / name, party, kind)

    def ring(name: str, partner: str, partner_folder: str) -> KeyRing:
        return load_ring(folder / name, parties[name][0], {partner: folder / partner_folder})

    return Keys(
        folder,
        education=ring("education", "gateway", "gateway-rsa"),
        gateway_rsa=ring("gateway-rsa", "education", "education"),
        insurance=ring("insurance", "gateway", "gateway"),
        gateway=ring("gateway", "medical_insurance", "insurance"),
        stranger=ring("stranger", "medical_insurance", "insurance"),
        stranger_rsa=ring("stranger-rsa", "education", "education"),
    )


def make_small_city(folder: Path) -> Path:
    """Two periods of four tiny rolls: 25 enrolments, 30 coverages, 12 children, 9 members."""
    for period in ("2026-10", PERIOD):
        _write(folder, period, "enrolment", education.FIELDS, 25)
        _write(folder, period, "coverage", INSURANCE_COLUMNS, 30)
        _write(folder, period, "registry", REGISTRY_COLUMNS, 12)
        _write(folder, period, "assistance", ASSISTANCE_COLUMNS, 9)
    return folder


def small_roll(columns: tuple[str, ...] | list[str], count: int) -> pa.Table:
    """`count` rows; divisions go round the first five counties, and row 3 has none."""
    rows: dict[str, list[str | None]] = {name: [] for name in columns}
    for index in range(count):
        division = "" if index == 3 else f"{COUNTIES[index % 5]}001002"
        special: dict[str, str | None] = {
            "xxsszgjyxzdm": division,
            "resd_loc_admdvs": division,
            "户籍区划": division,
            "区划": division,
            "xm": ODD_NAME,
            "psn_name": ODD_NAME,
            "姓名": ODD_NAME,
            "sfzjlxm": "1",
            "sfzjh": f"number-{index}",
            "psn_cert_type": "01",
            "certno": f"number-{index // 2}",
            "xxjsrq": None,
            "paus_insu_date": None,
            "现住址": "一行\n二行",
        }
        for name in columns:
            rows[name].append(special.get(name, f"{name}-{index}"))
    return pa.table(rows, schema=pa.schema([(name, pa.string()) for name in columns]))


def _write(city: Path, period: str, roll: str, columns: Any, count: int) -> None:
    path = city / "rolls" / period / f"{roll}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(small_roll(columns, count), path)


def terms(action: str, bureau: str, roll: str = "", **more: Any) -> Terms:
    """The gateway's terms for a request to a bureau."""
    period = "" if action == "probe" else PERIOD
    return Terms("gateway", bureau, action, bureau, roll, **{"period": period, **more})


def insurance_content(action: str, data: Any = None) -> bytes:
    """The content of a request CWG00..03."""
    infno = {"probe": "CWG00", "roll": "CWG01", "ask": "CWG02", "deliver": "CWG03"}[action]
    content = {
        "infno": infno,
        "msgid": f"H41990000001{datetime.now():%Y%m%d%H%M%S}0001",
        "mdtrtarea_admvs": "",
        "insuplc_admdvs": "",
        "recer_sys_code": "CWG",
        "infver": "V1.0",
        "inf_time": f"{datetime.now():%Y-%m-%d %H:%M:%S}",
        "opter": "",
        "opter_name": "",
        "input": {} if data is None else {"data": data},
    }
    return json.dumps(content).encode()


def insurance_request(ring: KeyRing, action: str, data: Any = None, **more: Any) -> bytes:
    """A sealed request to the medical insurance bureau."""
    rows = [messages.canonical(row) for row in data] if action == "ask" else []
    roll = "coverage" if action in ("roll", "ask") else ""
    tree = grow(rows)
    request = terms(action, "medical_insurance", roll, **more)
    return messages.seal(ring, request, insurance_content(action, data), tree)


def education_request(ring: KeyRing, operation: str, inner: str = "", **more: Any) -> bytes:
    """A sealed request to the education bureau; `inner` is canonical XML."""
    action = education.ACTION[operation]
    roll = "enrolment" if action in ("roll", "ask") else ""
    tree: Tree = more.pop("tree", NO_ROWS)
    route = soap.Route("http://127.0.0.1/soap", operation)
    payload = soap.Payload(operation, inner)
    return soap.seal(ring, terms(action, "education", roll, **more), route, payload, tree)


def get_roll(cursor: str = "", size: int = 10, period: str = PERIOD) -> str:
    return f"<period>{period}</period><cursor>{cursor}</cursor><pageSize>{size}</pageSize>"


def post(bureau: Bureau, path: str, body: bytes, content_type: str) -> tuple[int, bytes]:
    """POST to a running bureau, trusting exactly its own TLS certificate."""
    context = ssl.create_default_context(cafile=str(bureau.tls_cert)) if bureau.tls_cert else None
    request = urllib.request.Request(
        bureau.base + path, body, {"Content-Type": content_type}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=20, context=context) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def altered_positions(size: int, count: int = 24) -> Iterator[int]:
    """Positions spread over a message, the first and last bytes among them."""
    yield from sorted({0, size - 1, *(size * step // count for step in range(count))})


def flip(data: bytes, position: int) -> bytes:
    """One byte changed to another printable one."""
    other = b"B" if data[position : position + 1] == b"A" else b"A"
    return data[:position] + other + data[position + 1 :]


@contextmanager
def refused(reason: str | None = None) -> Iterator[None]:
    """The block must be refused, for that reason when given."""
    with pytest.raises(Refused) as caught:
        yield
    if reason:
        assert caught.value.reason == reason


Opener = Callable[[bytes], Any]
open_soap = soap_open.open_message
