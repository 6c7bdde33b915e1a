"""`cwg source trial` and `request`: looks at a source before it counts."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, out, say
from gateway.cli.signals import say_signals
from gateway.engine import Engine, load_step
from gateway.mapping import RollMapping, apply
from gateway.model.errors import UsageError
from gateway.model.tables import table
from gateway.pipeline import NightAsk, RollPlan
from gateway.pipeline.chains import chain_of
from gateway.sources import SourceSettings, load_sources
from gateway.wiring import OpenSite, open_house
from gateway.wiring_files import read_mapping

Name = Annotated[str, typer.Argument(help="the source's name")]
BASIS = "个人信息保护法 第三十四条、第三十五条；未成年人保护法 第八十一条至第八十三条"
_TOP = 5


@command
def trial(
    name: Name,
    period: Annotated[str, typer.Option(help="YYYY-MM; this month if left out")] = "",
    site: SiteOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Open and map a roll and say what is in it; makes no finding, keeps no row."""
    with open_house(site) as opened:
        plans = [p for p in opened.house.rolls if p.source == name and p.mode == "roll"]
        if not plans:
            raise UsageError(
                "there is no such source with whole rolls", where=name, mend="see `cwg source list`"
            )
        for plan in plans:
            month = period or f"{opened.default_day:%Y-%m}"
            _try_roll(opened, plan.at(month), month, as_json)
    say("试读结束：未产生线索，未保存数据行 · no finding was made, no row was kept")


def _try_roll(opened: OpenSite, plan: RollPlan, period: str, as_json: bool) -> None:
    house, line = opened.house, plan.line()
    delivery = plan.adapter.collect(plan.roll, period, line)
    ask = NightAsk(opened.default_day, datetime.now(UTC))
    with house.engine() as engine:
        mapped = apply(engine, plan.mapping, line.verified(delivery), spill_dir=house.spill_dir)
        counts = {
            "roll": plan.roll, "period": period, "received": mapped.received,
            "accepted": mapped.accepted, "quarantined": mapped.quarantined,
            "superseded": mapped.superseded, "on_the_registry": _matches(opened, engine, plan, ask),
        }  # fmt: skip
        emit([counts], f"{plan.source}/{plan.roll} · 试读", as_json)
        emit(list(profile(engine, plan.mapping)), "Columns · 字段概况", as_json)
        refused = engine.fetch(load_step("gateway.pipeline", "refused_reasons")).to_pylist()
        emit(refused, "Refused · 拒收原因", as_json)
    say_signals(mapped)


def profile(engine: Engine, mapping: RollMapping) -> Iterator[dict[str, object]]:
    """Per column of each table: nulls, distinct values, range of dates and numbers, codes with their
    counts. Of personal columns only how many there are: never a value."""
    for name in mapping.tables:
        rows = engine.count(f"mapped_{name}")
        for column in table(name).facts:
            q = f'"{column.name}"'
            counts = engine.fetch(
                f"SELECT count(*) - count({q}) AS nulls, count(DISTINCT {q}) AS distinct_values, "
                f"CAST(min({q}) AS VARCHAR) AS least, CAST(max({q}) AS VARCHAR) AS most "
                f"FROM mapped_{name}"
            ).to_pylist()[0]
            shown = column.sensitivity == 0 and column.kind in ("date", "int", "month", "money")
            yield {
                "table": name, "column": column.name, "zh": column.zh, "rows": rows,
                "nulls": counts["nulls"], "distinct": counts["distinct_values"],
                "range": f"{counts['least']} … {counts['most']}" if shown and counts["least"] else "",
                "codes": _codes(engine, name, q) if column.codes else "",
            }  # fmt: skip


def _codes(engine: Engine, name: str, column: str) -> str:
    found = engine.fetch(
        f"SELECT CAST({column} AS VARCHAR) AS code, count(*) AS n FROM mapped_{name} "
        f"WHERE {column} IS NOT NULL GROUP BY ALL ORDER BY n DESC, code LIMIT {_TOP}"
    ).to_pylist()
    return ", ".join(f"{row['code']}: {row['n']}" for row in found)


def _matches(opened: OpenSite, engine: Engine, plan: RollPlan, ask: NightAsk) -> int | None:
    """How many identity numbers of the roll are on the registry; None when there is none yet."""
    main = plan.mapping.main.table
    if not any(c.name == "id_number" for c in table(main).columns):
        return None
    for other in opened.house.rolls:
        chain = chain_of(opened.house, ask, (other.source, other.roll, "child"))
        if "child" in other.mapping.tables and chain:
            opened.house.snapshots.scan(engine, chain, "trial_child", ("row_key", "id_number"))
            found = engine.value(
                "SELECT count(DISTINCT id_number) FROM trial_child "
                f"WHERE id_number IN (SELECT id_number FROM mapped_{main})"
            )
            return int(str(found))
    return None


@command
def request(name: Name, site: SiteOption = HERE) -> None:
    """Print the data-request sheet for the exchange platform: fields, purpose, legal basis."""
    source = _known(site, name)
    out("\n".join(sheet(source, [read_mapping(site, roll.mapping) for roll in source.rolls])))


def sheet(source: SourceSettings, mappings: Sequence[RollMapping]) -> list[str]:
    """The lines of the request, Chinese first."""
    grant = source.grant
    lines = [
        f"# 数据需求申请单 · Data request: {source.name}",
        "",
        f"- 目录编号 · catalogue id: {grant.catalog_id}",
        f"- 申请编号 · application: {grant.application_no}",
        f"- 用途 · purpose: {grant.purpose}",
        f"- 法律依据 · legal basis: {BASIS}",
        f"- 使用期限 · until: {grant.valid_to}",
        "- 提供方式 · how: "
        + ("接口 · interface" if source.endpoint.called else "密封文件 · sealed files"),
    ]
    for roll, mapping in zip(source.rolls, mappings, strict=True):
        ask = source.mode_of(roll) == "ask"
        whom = "仅本地在册儿童 · our population only" if ask else "全量名册 · the whole roll"
        lines += [
            "",
            f"## {mapping.spec.zh} · {roll.roll}",
            "",
            f"- 范围 · rows: {whom}",
            f"- 更新 · due: 每月 {roll.due_day} 日前 · by day {roll.due_day} of each month",
            f"- 数据项出处 · fields after: {mapping.spec.basis}",
            "",
            "| 字段 | 名称 | 用于 |",
            "|---|---|---|",
            *_field_rows(mapping),
            "",
            "不需要的字段 · not asked for: " + ("、".join(_ignored(mapping)) or "无 · none"),
        ]
    return lines


def _field_rows(mapping: RollMapping) -> Iterator[str]:
    for column in mapping.used_columns:
        uses = [
            table(output.table).column(field).zh
            for output in mapping.spec.outputs
            for field, spec in output.fields.items()
            if column in spec.columns
        ]
        yield f"| {column} | {mapping.spec.columns[column].zh or column} | {'、'.join(dict.fromkeys(uses))} |"


def _ignored(mapping: RollMapping) -> list[str]:
    return [name for name, column in mapping.spec.columns.items() if column.ignore]


def _known(site: SiteOption, name: str) -> SourceSettings:
    for source in load_sources(site):
        if source.name == name:
            return source
    raise UsageError("there is no such source", where=name, mend="see `cwg source list`")
