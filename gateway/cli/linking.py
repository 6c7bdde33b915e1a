"""`cwg link`: why a row is a child's, which pairs wait for an officer, and what officers said."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import Annotated

import pyarrow.parquet as pq
import typer

from gateway.access import Purpose
from gateway.cli import link_weights
from gateway.cli.common import HERE, JsonOption, LangOption, SiteOption, command, emit, out, say
from gateway.cli.described import described, night_of
from gateway.engine import Engine
from gateway.linkage.evaluation import ASKS, LINKS
from gateway.linkage.explain import LinkShown, Waterfall, words
from gateway.model.errors import UsageError
from gateway.pipeline import (
    NightAsk,
    OpenPair,
    evaluate_links,
    explain_person,
    identify,
    is_followed,
    judged_at,
    look_up,
    open_pairs,
)
from gateway.store import AuditEntry, Judgement, Verdict
from gateway.store import Side as JudgedSide
from gateway.wiring import OpenSite, open_house

app = typer.Typer(no_args_is_help=True)
app.command("train")(link_weights.train)
app.command("export")(link_weights.export)
app.command("import")(link_weights.import_)
PersonOption = Annotated[
    int, typer.Argument(help="the person's number; 0 = read who it is from stdin")
]
ByOption = Annotated[str, typer.Option(help="who says so")]
ReasonOption = Annotated[str, typer.Option(help="why, in a few words; no name and no number")]
Row = dict[str, object]
NO_LABELS = (
    "尚无可对照的判定：先用 cwg link ask 和 judge 判定若干对，或用 --truth 给出虚构城市的真值 · "
    "nothing to hold the links against: judge some pairs first, or give an invented city's --truth"
)
CONTRADICTED = (
    "有判定互相矛盾（followed 为 False）：相关各对一律暂缓，直到撤回其中之一（cwg link take-back） · words "
    "contradict one another (followed is False): all these pairs are held until one is taken back"
)
CHOOSE = (
    "按上表选定阈值，写入 site.toml 的 [linkage]（link 与 ask），下一夜即采用 · choose two thresholds from "
    "the table and write them into site.toml, [linkage] link and ask; the next night uses them"
)


@app.command()
@command
def explain(
    person: PersonOption = 0,
    site: SiteOption = HERE,
    as_json: JsonOption = False,
    lang: LangOption = "zh",
) -> None:
    """Why rows are, or could be, one child's: what agreed, what each part weighed, the second-best.

    With a person's number: every link and open pair of that person. Without: whom a child could be
    that is described as JSON on stdin (name, number, birth_date, sex, division, guardian,
    guardian_number); identifiers are never given as arguments.
    """
    query = None if person else described(sys.stdin.read())
    with _linked(site, "link.explain", str(person or "stdin")) as (opened, engine, ask):
        if query is None:
            found = explain_person(engine, person)
            rows = [_link_row(link, lang) for link in found]
        else:
            people = look_up(opened.house, engine, ask, query)
            rows = [{"person": c.person_id, **_waterfall_row(c.waterfall, lang)} for c in people]
    if as_json:
        out(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        parts = row.pop("parts")
        emit([row], "Link · 关联", False)
        emit(list(parts) if isinstance(parts, list) else [], "Waterfall · 权重构成", False)
    if not rows:
        say("nobody · 未找到")


@app.command("eval")
@command
def evaluate(
    site: SiteOption = HERE,
    truth: Annotated[Path | None, typer.Option(help="keys.parquet of an invented city")] = None,
    as_json: JsonOption = False,
) -> None:
    """How good the links are, and what each pair of thresholds would cost.

    Labels are officers' judgements, or the truth of an invented city. Counts only.
    """
    known = pq.read_table(truth) if truth is not None else None
    with open_house(site) as opened, opened.house.engine() as engine:
        found = evaluate_links(opened.house, engine, night_of(opened), known)
        _note(opened, "link.eval", "truth" if truth else "judgements")
        weights = opened.house.weights
    if not found.true_pairs and not found.bins:
        say(NO_LABELS)
    sums: Row = {
        "weights": weights.version,
        "ask": weights.ask,
        "link": weights.link,
        "questions": found.questions(weights.ask),
        "links": found.right + found.wrong,
        "wrong": found.wrong,
        "true_pairs": found.true_pairs,
        "precision": round(found.precision, 6),
        "recall": round(found.recall, 6),
        "f1": round(found.f1, 6),
    }
    calibration = [
        asdict(line) | {"share": round(line.share, 4), "said": round(line.said, 4)}
        for line in found.calibration()
    ]
    costs = [asdict(line) for line in found.costs(ASKS, LINKS)]
    if as_json:
        out(json.dumps({**sums, "calibration": calibration, "costs": costs}, indent=2))
        return
    emit([sums], "Links · 关联", False)
    emit(calibration, "Calibration · 校准", False)
    emit(costs, "Thresholds · 阈值代价", False)
    say(CHOOSE)


@app.command("ask")
@command
def ask_pairs(
    site: SiteOption = HERE,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    as_json: JsonOption = False,
    lang: LangOption = "zh",
) -> None:
    """The pairs that wait for an officer, side by side and masked; `cwg link judge` answers one."""
    with _linked(site, "link.ask", "pairs") as (opened, engine, _):
        pairs = open_pairs(opened.house, engine)
    rows = [_pair_row(pair, lang) for pair in pairs[:limit]]
    if not as_json:
        rows = [{k: v for k, v in row.items() if k != "parts"} for row in rows]
    emit(rows, f"Open pairs ({len(pairs):,}) · 待判定", as_json)


@app.command("judge")
@command
def judge_pair(
    pair: Annotated[str, typer.Argument(help="as `cwg link ask` names it")],
    verdict: Annotated[str, typer.Argument(help="same, not-same or unsure")],
    by: ByOption,
    reason: ReasonOption,
    site: SiteOption = HERE,
) -> None:
    """Say whether an open pair is one child. Kept for good; the next night follows it."""
    said = _verdict(verdict)
    with _linked(site, "link.judge", pair) as (opened, engine, _):
        found = next((p for p in open_pairs(opened.house, engine) if p.handle == pair), None)
        if found is None:
            raise UsageError("no such pair is open", mend="`cwg link ask` lists them")
        told = zip(found.rows, found.seen, strict=True)
        one, other = (JudgedSide("row", ref, seen) for ref, seen in told)
        new = Judgement(one, other, said, by, datetime.now(UTC), reason)
        number = opened.house.store.judgements.add(new)
    say(f"judgement {number}: {said.value}; the next night follows it · 已记录，下次运行生效")


@app.command("take-back")
@command
def take_back(
    number: Annotated[int, typer.Argument(help="the judgement's number (`cwg link judged`)")],
    by: ByOption,
    site: SiteOption = HERE,
) -> None:
    """Take a judgement back; the next night undoes all that followed from it."""
    with open_house(site) as opened:
        now = datetime.now(UTC)
        opened.house.store.judgements.retract(number, by, now)
        _note(opened, "link.take_back", str(number))
    say(f"judgement {number} is taken back · 已撤回，下次运行生效")


@app.command("judged")
@command
def judged(site: SiteOption = HERE, as_json: JsonOption = False) -> None:
    """The judgements that stand, and those that contradict one another."""
    with open_house(site) as opened:
        now = datetime.now(UTC)
        standing = opened.house.store.judgements.standing(now)
        known = judged_at(opened.house, now)
        _note(opened, "link.judged", str(len(standing)))
    followed = {j.judgement_id: is_followed(known, j) for j in standing}
    rows: list[Row] = [
        {
            "number": j.judgement_id,
            "verdict": j.verdict.value,
            "by": j.by,
            "at": f"{j.at:%Y-%m-%dT%H:%MZ}",
            "reason": j.reason,
            "rolls": " / ".join("/".join(s.ref.split("/")[:2]) for s in (j.left, j.right)),
            "followed": followed[j.judgement_id],
        }
        for j in standing
    ]
    emit(rows, "Judgements · 判定", as_json)
    if not all(followed.values()):
        say(CONTRADICTED)


@contextmanager
def _linked(site: Path, action: str, subject: str) -> Iterator[tuple[OpenSite, Engine, NightAsk]]:
    with open_house(site) as opened, opened.house.engine() as engine:
        ask = night_of(opened)
        identify(opened.house, engine, ask)
        _note(opened, action, subject)
        yield opened, engine, ask


def _note(opened: OpenSite, action: str, subject: str) -> None:
    opened.house.store.audit.add(
        AuditEntry(
            datetime.now(UTC), f"{getuser()}@cli", "person", action,
            Purpose.DATA_QUALITY.value, "identity", subject,
        )
    )  # fmt: skip


def _verdict(text: str) -> Verdict:
    try:
        return Verdict(text.replace("-", "_"))
    except ValueError:
        raise UsageError("there is no such verdict", mend="same, not-same or unsure") from None


def _link_row(link: LinkShown, lang: str) -> Row:
    head: Row = {
        "person": link.person_id,
        "roll": f"{link.source}/{link.roll}",
        "row": link.row_ref,
        "method": link.method,
        "linked": link.linked,
    }
    return head | _waterfall_row(link.waterfall, lang)


def _waterfall_row(waterfall: Waterfall, lang: str) -> Row:
    place = 0 if lang == "zh" else 1
    return {
        "weight": _bits(waterfall.weight),
        "probability": None if waterfall.probability is None else round(waterfall.probability, 6),
        "second": waterfall.second_person_id,
        "margin": _bits(waterfall.margin),
        "against": "; ".join(words(part)[place] for part in waterfall.against),
        "parts": [
            {"part": words(part)[place], "bits": round(part.bits, 1)} for part in waterfall.parts
        ],
    }


def _pair_row(pair: OpenPair, lang: str) -> Row:
    def both(values: Sequence[str]) -> str:
        return " | ".join(value or "-" for value in values)

    one, other = pair.one, pair.other
    shown: Row = {
        "pair": pair.handle,
        "person": pair.person_id,
        "rolls": both([one.roll, other.roll]),
        "name": both([one.name, other.name]),
        "number": both([one.number, other.number]),
        "born": both([one.born, other.born]),
        "sex": both([one.sex, other.sex]),
        "division": both([one.division, other.division]),
        "guardian": both([one.guardian, other.guardian]),
    }
    told = _waterfall_row(pair.waterfall, lang)
    return shown | {k: told[k] for k in ("weight", "against", "parts")}


def _bits(bits: float | None) -> float | None:
    return None if bits is None else round(bits, 1)
