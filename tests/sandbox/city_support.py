"""Cities and rolls shared by the tests, and a second reading of the rules over plain rows."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import pyarrow as pa

from sandbox.city import oracle, rolls
from sandbox.city.lives import DEMO_NIGHTS, live
from sandbox.city.model import City

NIGHTS = DEMO_NIGHTS
LAST, EARLIER = NIGHTS[-1], NIGHTS[:-1]
Row = dict[str, Any]


@cache
def city(children: int, seed: int = 7, faults: str = "default", share: float = 0.03) -> City:
    return live(children, seed, share, faults=faults)


@cache
def roll(children: int, name: str, night: date = LAST, faults: str = "default") -> pa.Table:
    return rolls.project(city(children, faults=faults), night)[name]


def by_child(of: City, night: date) -> Mapping[str, dict[int, list[Row]]]:
    """The rows of each child by roll, joined by the oracle's row keys."""
    owner = {(k["roll"], k["row_key"]): k["child"] for k in oracle.keys(of).to_pylist()}
    out: dict[str, dict[int, list[Row]]] = {}
    for name, table in rolls.project(of, night).items():
        out[name] = {}
        for row in table.to_pylist():
            child = owner.get((name, row_key(name, row)))
            if child is not None:
                out[name].setdefault(child, []).append(row)
    return out


def row_key(name: str, row: Row) -> str:
    column = {"enrolment": "xsJbxxId", "coverage": "psn_insu_rlts_id", "registry": "档案编号"}
    if name == "assistance":
        return f"{row['FAMILY_ID']}-{row['成员序号']}"
    return str(row[column[name]])


READ_TWICE = ("EDU-01", "EDU-02", "MED-01", "MED-02", "WEL-01", "WEL-02")


class Reading:
    """The rules read from fault-free rows, as a clerk with all rolls on the desk would."""

    def __init__(self, of: City, night: date, earlier: Sequence[date]) -> None:
        self.night = night
        self.days = [*earlier, night]
        self.now = by_child(of, night)
        self.before = [by_child(of, day)["enrolment"] for day in earlier]
        self.registered = {c for c, rows in self.now["registry"].items() if not rows[0]["退出日期"]}
        self.aided = {
            child
            for child, rows in self.now["assistance"].items()
            if any(r["CARD_STATUS"] == "1" and self.minor(r["出生日期"]) for r in rows)
        }

    def findings(self) -> set[tuple[str, int]]:
        population = self.registered | self.aided
        found = (
            {("EDU-01", c) for c in population if self.never_enrolled(c)}
            | {("EDU-02", c) for c in population if self.dropped_out(c)}
            | {("MED-01", c) for c in population if self.uninsured(c)}
            | {("MED-02", c) for c in population if self.lapsed(c)}
            | {("WEL-01", c) for c in self.aided - self.registered}
            | {("WEL-02", c) for c in self.registered if self.unpaid(c)}
        )
        return {(rule, child) for rule, child in found if not self.told_dead(child)}

    def told_dead(self, child: int) -> bool:
        at_school = {row["xsdqztm"] for row in self.now["enrolment"].get(child, [])}
        insured = {row["surv_stas"] for row in self.now["coverage"].get(child, [])}
        return "11" in at_school or "2" in insured

    def birth(self, child: int) -> date:
        rows = self.now["registry"].get(child) or self.now["assistance"][child]
        return self.day(rows[0]["出生日期"])

    @staticmethod
    def day(given: str) -> date:
        for mark in "年月日./-":
            given = given.replace(mark, " ")
        parts = given.split()
        if len(parts) == 3:
            return date(*map(int, parts))
        return date(int(given[:4]), int(given[4:6]), int(given[6:8]))

    def minor(self, birth: str) -> bool:
        born = self.day(birth)
        return (born.year + 18, born.month, born.day) > (
            self.night.year, self.night.month, self.night.day,
        )  # fmt: skip

    def is_minor(self, child: int) -> bool:
        rows = self.now["registry"].get(child) or self.now["assistance"][child]
        return self.minor(rows[0]["出生日期"])

    def window(self, child: int, opens: tuple[int, int]) -> bool:
        born = self.birth(child)
        year = born.year + (6 if born.month < 9 else 7)
        return date(year, *opens) <= self.night <= date(year + 9, 8, 31)

    def pupil(self, rows: list[Row] | None) -> list[Row]:
        return [row for row in rows or [] if row["njdm"] != "00"]

    def ever(self, child: int) -> list[list[Row]]:
        return [self.pupil(r.get(child)) for r in (*self.before, self.now["enrolment"])]

    def never_enrolled(self, child: int) -> bool:
        if not self.window(child, (10, 31)) or any(self.ever(child)):
            return False
        born = self.birth(child)
        late = date(born.year + (7 if born.month < 9 else 8), 8, 31) < self.night
        preschool = {r["xsdqztm"] for r in self.now["enrolment"].get(child, [])} & {"01", "05"}
        return late or not preschool

    def dropped_out(self, child: int) -> bool:
        ever = self.ever(child)
        if not self.window(child, (9, 1)) or not any(ever):
            return False
        if ever[-1]:
            statuses = {row["xsdqztm"] for row in ever[-1]}
            latest = max(ever[-1], key=lambda row: row["ztrq"])["xsdqztm"]
            return not statuses & {"01", "05"} and latest in {"03", "04", "06", "09", "14"}
        absent = 0
        while not ever[-1 - absent]:
            absent += 1
        rows = ever[-1 - absent]
        last = max(
            [r for r in rows if r["xsdqztm"] in {"01", "05"}] or rows, key=lambda r: r["ztrq"]
        )
        if last["xsdqztm"] not in {"01", "05", "99"} and not self.leave_over(last):
            return last["xsdqztm"] in {"03", "04", "06", "09", "14"}
        days = [(d.month, d.day) for d in self.days[-absent:]]
        winter = [d for d in days if not (6, 15) <= d <= (8, 31)]
        return len(winter) >= 2 and last["njdm"] not in {"06", "09"}

    def leave_over(self, row: Row) -> bool:
        if row["xsdqztm"] not in {"02", "12"}:
            return False
        begun = self.day(row["ztrq"])
        end = self.day(row["xxjsrq"]) if row["xxjsrq"] else begun + timedelta(days=365)
        return end < self.night

    def cover(self, child: int) -> list[Row]:
        rows = self.now["coverage"].get(child, [])
        return [row for row in rows if row["insutype"] in {"310", "380", "390", "391"}]

    def uninsured(self, child: int) -> bool:
        if self.night.month == 1 or not self.is_minor(child):
            return False
        states = {(row["psn_insu_stas"], row["clct_flag"]) for row in self.cover(child)}
        newborn = self.night - self.birth(child) <= timedelta(days=90)
        return not newborn and ("0", "1") not in states and {s for s, _ in states} <= {"0"}

    def lapsed(self, child: int) -> bool:
        if self.night.month == 1 or not self.is_minor(child):
            return False
        rows = self.cover(child)
        states = {row["psn_insu_stas"] for row in rows}
        if "1" in states or not states & {"2", "3", "4"}:
            return False
        recent = f"{self.night - timedelta(days=31):%Y-%m-%d}"
        broken = [r for r in rows if r["psn_insu_stas"] in "234"]
        return not all(r["psn_insu_stas"] == "2" and r["paus_insu_date"] >= recent for r in broken)

    def unpaid(self, child: int) -> bool:
        row = self.now["registry"][child][0]
        if row["类别代码"] not in {"120", "201", "202", "301"} or not self.minor(row["出生日期"]):
            return False
        closed = self.night.replace(day=1) - timedelta(days=1)
        entered = self.day(row["认定日期"])
        if (entered.year, entered.month) >= (closed.year, closed.month):
            return False
        if row["末领年月"] >= f"{closed:%Y%m}":
            return False
        homes = self.now["assistance"].get(child, [])
        return not any(r["CARD_STATUS"] == "1" and r["ASSISTANCE_TYPE"] == "03" for r in homes)
