"""`cwg rule explain` and `cwg rule impact`: what the rules say of one child, and what others would say."""

import json
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import (
    HERE,
    JsonOption,
    LangOption,
    SiteOption,
    command,
    emit,
    out,
    plain,
    say,
)
from gateway.cli.described import described
from gateway.cli.noting import note
from gateway.model.errors import UsageError
from gateway.pipeline import ChildPage, ImpactReport, NightAsk, explain_child, impact
from gateway.pipeline.explain import Told
from gateway.policy import load_parameters, load_rules
from gateway.policy.entitlement import EntitledMonth
from gateway.policy.explain import FACTS, ProvedCategory, RuleSaid
from gateway.specs import Text
from gateway.wiring import open_house
from gateway.wiring_files import MAPPINGS

Row = dict[str, object]
Words = Callable[[Text], str]
CLOSED = "专人办理 · with a named officer"
IN_NO_ROLL = (
    "已发布当夜的各名册中均无此人；以下为此前的线索。"
    "This person stands in no roll of the published night; what follows was found before."
)

OUTCOMES = {
    "fires": Text(zh="线索", en="fires"),
    "satisfied": Text(zh="已核实", en="satisfied"),
    "excused": Text(zh="有正当理由", en="excused"),
    "held": Text(zh="暂不判断", en="held"),
    "not_applicable": Text(zh="不适用", en="not applicable"),
    "": Text(zh="—", en="—"),
}


@command
def explain_rules(
    person: Annotated[
        int, typer.Argument(help="the person's number; 0 = who it is, from stdin")
    ] = 0,
    site: SiteOption = HERE,
    as_json: JsonOption = False,
    lang: LangOption = "zh",
) -> None:
    """One child by the published night: categories, what each gives a right to, months, every rule;
    and the findings that there are, also of who stands in no roll any more.

    Without a number the child is described as JSON on stdin (name, number, birth_date, sex, division,
    guardian, guardian_number); identifiers are never given as arguments. Nobody's name is printed.
    """
    who = person or described(sys.stdin.read())
    with open_house(site) as opened, opened.house.engine() as engine:
        shown = opened.house.store.runs.published()
        if shown is None:
            raise UsageError("no night has been published yet", mend="`cwg run`")
        ask = NightAsk(shown.as_of, datetime.now(UTC))
        found = explain_child(opened.house, engine, ask, who)
    note(site, "rule.explain", "person", str(found.explained.person_id))
    if as_json:
        out(json.dumps(_data(found), ensure_ascii=False, indent=2, default=plain))
        return
    if found.asked != found.explained.person_id:
        out(f"{found.asked} → {found.explained.person_id}：同一人 · one person")
    if not found.in_rolls:
        out(IN_NO_ROLL)
    for title, rows in _tables(found, lang):
        emit(rows, title, False)


@command
def show_impact(
    folder: Annotated[Path, typer.Argument(help="rules and parameters/ as in a site's policy/")],
    site: SiteOption = HERE,
    listed: Annotated[bool, typer.Option("--list", help="also whose finding would change")] = False,
    as_json: JsonOption = False,
) -> None:
    """What the rules and parameters of a folder would do to the last night, by rule and county.

    Counts; with --list also the numbers of the persons whose finding would come or go. Nobody is
    named, and nothing is kept.
    """
    if not folder.is_dir():
        raise UsageError("that is not a folder", where=folder.name, mend="name one like policy/")
    policy = MAPPINGS / "policy"
    with open_house(site) as opened:
        changed = replace(
            opened.house,
            rules=load_rules(policy, folder),
            parameters=load_parameters(policy / "parameters", folder / "parameters"),
        )
        found = impact(opened.house, changed, listed)
    if listed:
        note(site, "rule.impact", "person", str(len(found.children)))
    written = {rule.id for rule in changed.rules if rule not in opened.house.rules}
    _print_impact(found, written, listed, as_json)


def _print_impact(
    found: ImpactReport, written: Collection[str], listed: bool, as_json: bool
) -> None:
    places = [asdict(one) for one in found.places]
    children = [asdict(one) | {"person_id": one.person_id or CLOSED} for one in found.children]
    if not as_json:
        told = [one for one in found.rules if one.rule in written or one.moves]
        emit([asdict(one) for one in told], "Impact · 影响", False)
        rest = len(found.rules) - len(told)
        say(f"其余 {rest} 条规则结果不变 · {rest} other rules stay as they are")
        emit(places, "By county · 分县区", False)
        if listed:
            emit(children, "Children · 儿童", False)
        return
    rows: list[Row] = []
    for one in found.rules:
        row: Row = {**asdict(one), "divisions": _of(places, one.rule)}
        rows.append(row | ({"children": _of(children, one.rule)} if listed else {}))
    emit(rows, "Impact · 影响", True)


def _of(rows: Sequence[Row], rule: str) -> list[Row]:
    return [{k: v for k, v in row.items() if k != "rule"} for row in rows if row["rule"] == rule]


def _tables(page: ChildPage, lang: str) -> list[tuple[str, list[Row]]]:
    def words(text: Text) -> str:
        return text.of(lang)

    found = page.explained
    findings = ("线索 Findings", [_finding_row(one) for one in page.findings])
    if not page.in_rolls:
        return [findings]
    rights = [row for one in found.categories for row in _right_rows(one, words)]
    return [
        (f"{found.person_id} · {found.as_of} · 已证实的类别 Categories",
         [_category_row(one, words) for one in found.categories]),
        ("各类别享有的待遇 Rights of each category", rights),
        ("逐月：最高一项（择高）与发放 Months: highest right, payments",
         [_month_row(one, words) for one in found.months]),
        ("规则 Rules", [_rule_row(one, words) for one in found.rules]),
        findings,
    ]  # fmt: skip


def _finding_row(one: Told) -> Row:
    return {
        "规则 rule": one.rule,
        "周期 episode": _day(one.episode),
        "最近一夜 last said": _day(one.as_of),
        "状态 state": " ".join(one.said),
        "编号 key": one.finding_key,
    }


def _category_row(one: ProvedCategory, words: Words) -> Row:
    return {
        "类别 category": words(one.title),
        "有效 holds": _yes(one.holds),
        "自 since": _day(one.since),
        "至 until": _day(one.until),
        "登记 registered": _yes(one.registered),
        "依据 row": f"{one.roll} {one.row_ref}",
    }


def _right_rows(one: ProvedCategory, words: Words) -> list[Row]:
    return [
        {
            "类别 category": words(one.title),
            "待遇 right": words(right.title),
            "数值 value": f"{right.value:g}",
            "单位 unit": words(right.unit),
            "依据 set by": right.reference,
        }
        for right in one.rights
    ]


def _month_row(one: EntitledMonth, words: Words) -> Row:
    right = FACTS.get((one.right_to or "").removesuffix("_institution"))
    return {
        "月份 month": f"{one.month:%Y-%m}",
        "最高 highest": words(right) if right else "—",
        "项数 rights": one.rights,
        "标准 standard": _money(one.standard),
        "应发 owed": _money(one.owed),
        "当月 regular": _money(one.regular),
        "补发 arrears": _money(one.arrears),
        "补差 top-up": _money(one.top_up),
        "其他 beside": _money(one.beside),
        "合计 paid": _money(one.paid),
        "差额 difference": _money(one.difference),
    }


def _rule_row(one: RuleSaid, words: Words) -> Row:
    excuses = [words(text) for text in one.excuses] if one.outcome == "fires" else []
    until = f"（{one.excused_until}）" if one.excused_until else ""
    return {
        "规则 rule": one.rule,
        "名称 title": words(one.title),
        "结果 outcome": words(OUTCOMES[one.outcome]) + until,
        "说明 reason": words(one.reason),
        "依据 row": one.evidence or one.held_by,
        "查过的理由 excuses looked for": "；".join(excuses),
    }


def _data(page: ChildPage) -> Row:
    """The page as data: every text in both languages."""
    found = page.explained

    def both(text: Text) -> Row:
        return {"zh": text.zh, "en": text.en}

    return {
        "person": found.person_id,
        "as_of": found.as_of,
        "asked": page.asked,
        "in_rolls": page.in_rolls,
        "findings": [
            {"key": one.finding_key, "rule": one.rule, "episode": one.episode,
             "last_said": one.as_of, "state": one.state}
            for one in page.findings
        ],
        "categories": [
            {
                "fact": one.fact, "title": both(one.title), "holds": one.holds, "since": one.since,
                "until": one.until, "registered": one.registered, "roll": one.roll,
                "row": one.row_ref,
                "rights": [
                    {"title": both(r.title), "value": r.value, "unit": both(r.unit),
                     "reference": r.reference}
                    for r in one.rights
                ],
            }
            for one in found.categories
        ],
        "months": [asdict(one) for one in found.months],
        "rules": [
            {
                "rule": one.rule, "version": one.version, "title": both(one.title),
                "outcome": one.outcome, "reason": both(one.reason), "sentence": both(one.sentence),
                "answer": one.answer, "evidence": one.evidence, "held_by": one.held_by,
                "excused_until": one.excused_until,
                "excuses_looked_for": [both(text) for text in one.excuses],
                "excuses_to_ask": [both(text) for text in one.asked],
            }
            for one in found.rules
        ],
    }  # fmt: skip


def _yes(said: bool) -> str:
    return "是 yes" if said else "否 no"


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _money(amount: object) -> str:
    return "—" if amount is None else f"{amount:,.2f}"
