"""`cwg intake`: a plain file, two people of the site who vouch for it, and the site's intake key."""

import hashlib
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.access import LogIn
from gateway.cli.common import HERE, SiteOption, command, out, say
from gateway.cli.noting import note
from gateway.evidence import ChainedLog, Shelf
from gateway.exchange import (
    KeyRing,
    PartnerFile,
    Plain,
    RowProfile,
    Sealer,
    TrustBook,
    add_partner,
    make_site_keys,
    read_passphrase,
    seal_plain,
)
from gateway.exchange.plain import content_type_of
from gateway.exchange.suites.nested import sign
from gateway.exchange.trust import partner_of
from gateway.model.errors import UsageError
from gateway.model.exchange import Action, Header
from gateway.site import load_site
from gateway.sources import INTAKE, RollSettings, SourceSettings, load_sources
from gateway.wiring import open_site_store
from gateway.wiring_files import read_mapping

ATTESTATION = "cwg-attestation+jws"
_SAYS = (
    "本人已核对文件内容、来源函件与经办人，同意导入 · I compared file, letter and bearer, and agree"
)


@command
def intake(
    file: Annotated[Path, typer.Argument(help="the plain file, as the bureau handed it over")],
    source: Annotated[str, typer.Option(help="来源 · the source it belongs to")],
    roll: Annotated[str, typer.Option(help="名册 · the roll")],
    period: Annotated[str, typer.Option(help="所属月份 · YYYY-MM")],
    letter_no: Annotated[str, typer.Option(help="来函文号 · number of the letter with it")],
    handed_over_by: Annotated[str, typer.Option(help="移交人 · who brought it")],
    first: Annotated[str, typer.Option(help="第一核对人账号 · account of the first witness")],
    second: Annotated[str, typer.Option(help="第二核对人账号 · account of the second witness")],
    replaces: Annotated[str, typer.Option(help="the exchange id that it replaces")] = "",
    site: SiteOption = HERE,
) -> None:
    """Seal a plain file that two people vouch for; the next night reads it, grade *attested*."""
    settings, of = _allowed(site, source, roll)
    read_mapping(site, of.mapping).content(content_type_of(file))  # before anybody vouches for it
    digest = vouch(site, file, first, second)
    keys = intake_keys(site, settings.name)
    plain = Plain(file, INTAKE, load_site(site).site.party, source, roll, period, replaces)
    header = _seal(site, settings, plain, keys)
    said = {
        "exchange_id": header.id, "file_digest": f"sha-256:{digest}", "letter_no": letter_no,
        "handed_over_by": handed_over_by, "witnesses": [first, second], "source": source,
        "roll": roll, "period": period, "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip
    keep_attestation(site, header.id, said, keys)
    note(site, "intake", "exchange", header.id, letter_no=letter_no, first=first, second=second)
    out(header.id)
    say(f"{header.row_count} 行已封装，下次夜间运行时读取 · rows sealed; the next night reads them")
    if not header.row_count:
        say(
            "注意：文件里没有数据行 · note: the file holds no row; name it in `--replaces` if another is sent"
        )


def vouch(site: Path, file: Path, first: str, second: str) -> str:
    """Two different people of the site agree to a file, each with an own password; its SHA-256.

    Raises UsageError, LoginRefused.
    """
    if first == second:
        raise UsageError(
            "two different people vouch for a file", mend="name another second witness"
        )
    digest = hashlib.sha256(_bytes(file)).hexdigest()
    say(f"文件 SHA-256 · file digest: {digest}")
    with open_site_store(site) as store:
        log_in = LogIn(store.accounts, store.sessions, lambda: datetime.now(UTC))
        for name in (first, second):
            say(f"{name}: {_SAYS}")
            log_in.close(log_in.open(name, _secret(f"{name} 密码 · password: "), _code(name)))
    return digest


def _allowed(site: Path, name: str, roll: str) -> tuple[SourceSettings, RollSettings]:
    """The source and roll, when plain files are allowed for it today. Raises UsageError."""
    source = next((s for s in load_sources(site) if s.name == name), None)
    if source is None:
        raise UsageError("there is no such source", where=name, mend="see `cwg source list`")
    if source.attested is None:
        raise UsageError(
            "plain files are not taken from this source / 该来源不接受未密封文件",
            where=f"sources/{name}.yaml",
            mend=f"if it must be: partner {INTAKE} and `attested: {{until: …}}` (docs/first-week.md)",
        )
    if datetime.now(UTC).date() > source.attested.until:
        raise UsageError(
            f"plain files were taken until {source.attested.until} / 未密封文件的接收期已过",
            where=f"sources/{name}.yaml",
            mend="let the bureau seal its file (cwg-seal), or set a new day",
        )
    found = next((r for r in source.rolls if r.roll == roll), None)
    if found is None:
        raise UsageError("the source has no such roll", where=f"{name}/{roll}", mend="see its file")
    return source, found


def intake_keys(site: Path, source: str) -> KeyRing:
    """The site's intake key, made and trusted (grade *attested*) the first time."""
    ring = own_intake_keys(site)
    names = tuple(s.name for s in load_sources(site) if s.partner == INTAKE) or (source,)
    spec = PartnerFile(name=INTAKE, sources=names, actions=(Action.ROLL,), grade="attested")
    certificates = sorted((site / "keys" / "intake" / "ec").glob("*.cert.pem"))
    add_partner(site / "partners", spec, certificates)
    return ring


def own_intake_keys(site: Path) -> KeyRing:
    """The site's intake key, made the first time."""
    folder, passphrase = site / "keys" / "intake", read_passphrase()
    if not (folder / "ec").is_dir():
        make_site_keys(folder, INTAKE, datetime.now(UTC), passphrase=passphrase, kinds=("ec",))
    return KeyRing.load(folder, passphrase)


def _seal(site: Path, source: SourceSettings, plain: Plain, keys: KeyRing) -> Header:
    party = load_site(site).site.party
    us = PartnerFile(name=party, sources=(), actions=(Action.ROLL,))
    trust = TrustBook([partner_of(us, site / "keys" / "ec")])
    into = site / source.endpoint.folder
    into.mkdir(parents=True, exist_ok=True)
    sealer = Sealer(keys, trust, datetime.now(UTC), RowProfile("csv"))
    return seal_plain(plain, into, sealer)


def keep_attestation(site: Path, name: str, said: Mapping[str, object], keys: KeyRing) -> None:
    """File under a name who vouched for what, signed by the intake key; the log has its digest."""
    token = sign(
        json.dumps(said, ensure_ascii=False, sort_keys=True).encode(),
        keys.signing("ec", datetime.now(UTC)),
        ATTESTATION,
    )
    evidence = site / "var" / "evidence"
    Shelf(evidence / "attested").put(name, token.encode())
    fields = {
        "exchange_id": name, "letter_no": str(said["letter_no"]),
        "attestation": f"sha-256:{hashlib.sha256(token.encode()).hexdigest()}",
    }  # fmt: skip
    ChainedLog(evidence / "log", load_site(site).site.node).append("attested", fields)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"the file cannot be read ({error.strerror})", where=str(file)) from None


def _secret(prompt: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    answer: str = typer.prompt(prompt, hide_input=True, prompt_suffix="", err=True)
    return answer


def _code(name: str) -> str:
    """The one-time code of an account that needs one; an empty line otherwise."""
    return _secret(f"{name} 动态码（没有则回车）· one-time code, or enter: ").strip()
