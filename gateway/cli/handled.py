"""`cwg handled`: a county's old ledger of handled cases, looked at and then taken over as excuses."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, say
from gateway.cli.intake import keep_attestation, own_intake_keys, vouch
from gateway.cli.noting import note
from gateway.mapping import Trial
from gateway.pipeline import NightAsk
from gateway.pipeline.handled import Ledger, Linked, keep_ledger, read_ledger
from gateway.wiring import OpenSite, open_house
from gateway.wiring_files import read_mapping

app = typer.Typer(no_args_is_help=True)
MAPPING = "ledger/handled.v1"
WHY = {
    "": "新增 · new",
    "known": "已导入 · taken over before",
    "over": "已过有效期 · its time is over",
    "ahead": "处理日期在将来 · handled in the future",
    "nobody": "未匹配到儿童 · nobody found",
    "doubtful": "匹配存疑 · doubtful whose it is",
    "not_numbered": "儿童尚未编号，先运行一夜 · run a night first",
}
_UNLINKED = ("nobody", "doubtful", "not_numbered")

File = Annotated[Path, typer.Argument(help="the ledger, as a workbook or CSV")]
Mapping = Annotated[str, typer.Option(help="映射 · the ledger's mapping")]


@app.command()
@command
def preview(
    file: File, mapping: Mapping = MAPPING, site: SiteOption = HERE, as_json: JsonOption = False
) -> None:
    """Show what a ledger would excuse, and which of its rows would not be taken; keeps nothing."""
    with open_house(site) as opened:
        ledger = _read(opened, file, mapping)[1]
    _show(ledger, as_json)


@app.command("import")
@command
def import_(
    file: File,
    letter_no: Annotated[str, typer.Option(help="来函文号 · number of the letter with it")],
    first: Annotated[str, typer.Option(help="第一核对人账号 · account of the first witness")],
    second: Annotated[str, typer.Option(help="第二核对人账号 · account of the second witness")],
    mapping: Mapping = MAPPING,
    site: SiteOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Take a ledger over that two people vouch for; once more changes nothing."""
    digest = vouch(site, file, first, second)
    with open_house(site) as opened:
        ask, ledger = _read(opened, file, mapping)
        kept = keep_ledger(opened.house, ask, ledger, f"{first} + {second}", digest)
    _show(ledger, as_json)
    name = f"handled-{digest}"
    said = {
        "ledger": name, "file_digest": f"sha-256:{digest}", "letter_no": letter_no,
        "witnesses": [first, second], "mapping": mapping, "excuses": kept,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip
    if kept:
        keep_attestation(site, name, said, own_intake_keys(site))
    note(site, "handled.import", "ledger", digest, letter_no=letter_no, first=first, second=second)
    say(f"{kept} 条已接收，下次夜间运行时生效 · excuses kept; the next night follows them")


def _read(opened: OpenSite, file: Path, mapping: str) -> tuple[NightAsk, Ledger]:
    ask = NightAsk(opened.default_day, datetime.now(UTC))
    return ask, read_ledger(opened.house, ask, read_mapping(opened.folder, mapping), file)


def _show(ledger: Ledger, as_json: bool) -> None:
    """Counts by what becomes of a row; then the rows that are not anybody's, by their number."""
    counts = Counter(line.why for line in ledger.lines)
    table = [{"outcome": WHY[why], "rows": counts[why]} for why in WHY if counts[why]]
    refused = ledger.trial.mapped.quarantined
    if refused:
        table.append({"outcome": "无法读取 · refused", "rows": refused})
    emit(table, "既往台账 · old ledger", as_json)
    rows = [*_refused(ledger.trial), *_unlinked(ledger.lines)]
    if rows:
        emit(rows, "未接收的行 · rows not taken", as_json)


def _refused(trial: Trial) -> Iterable[dict[str, object]]:
    return ({"row": r.row, "why": "; ".join(r.reasons)} for r in trial.shown)


def _unlinked(lines: Iterable[Linked]) -> Iterable[dict[str, object]]:
    return ({"row": line.case.row, "why": WHY[line.why]} for line in lines if line.why in _UNLINKED)
