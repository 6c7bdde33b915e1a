"""Words for what a child's file tells: labels of columns, names of codes, lines of the time line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from gateway.casework.lifecycle_page import EVENTS
from gateway.model.child_files import FACTS, Fact
from gateway.model.codes import CodeList
from gateway.model.desk import CallResult
from gateway.model.reviews import Review, ReviewPoint, Standing
from gateway.model.sheets import Seen
from gateway.model.tables import Column, table
from gateway.specs import Text

TABLE_NAMES: dict[str, Text] = {
    "child": Text(zh="登记", en="registry"),
    "enrolment": Text(zh="学籍", en="school"),
    "coverage": Text(zh="医保参保", en="insurance"),
    "contribution": Text(zh="参保缴费", en="contributions"),
    "insured_identity": Text(zh="医疗救助身份", en="medical-help identity"),
    "assistance_member": Text(zh="救助家庭", en="assistance household"),
    "aid": Text(zh="按月补贴", en="benefits by month"),
    "disability": Text(zh="残疾", en="disability"),
    "rehabilitation": Text(zh="康复", en="rehabilitation"),
    "attendance": Text(zh="到校", en="attendance"),
    "death": Text(zh="死亡信息", en="death"),
    "guardian": Text(zh="监护", en="guardianship"),
    "visit": Text(zh="走访与复核", en="visits and reviews on the roll"),
}
SEEN: dict[Seen, Text] = {
    Seen.AT_HOME: Text(zh="在家", en="at home"),
    Seen.AT_SCHOOL: Text(zh="在校", en="at school"),
    Seen.AWAY: Text(zh="外出", en="away"),
    Seen.UNKNOWN_HERE: Text(zh="查无此人", en="not known here"),
    Seen.NOT_LET_IN: Text(zh="未能入户", en="not let in"),
    Seen.OTHER: Text(zh="其他", en="other"),
}
CALLS: dict[CallResult, Text] = {
    CallResult.REACHED: Text(zh="接通", en="reached"),
    CallResult.NO_ANSWER: Text(zh="无人接听", en="no answer"),
    CallResult.WRONG_NUMBER: Text(zh="号码错误", en="wrong number"),
    CallResult.SWITCHED_OFF: Text(zh="关机或停机", en="switched off"),
    CallResult.CALL_BACK: Text(zh="约定再打", en="call back"),
    CallResult.REFUSED: Text(zh="拒绝", en="refused"),
}
POINTS: dict[ReviewPoint, Text] = {
    ReviewPoint.LIVING: Text(zh="生活", en="living"),
    ReviewPoint.SCHOOLING: Text(zh="就学", en="schooling"),
    ReviewPoint.INSURANCE: Text(zh="参保", en="insurance"),
    ReviewPoint.BENEFITS: Text(zh="待遇", en="benefits"),
    ReviewPoint.HEALTH: Text(zh="健康", en="health"),
    ReviewPoint.GUARDIANSHIP: Text(zh="监护", en="guardianship"),
}
STANDINGS: dict[Standing, Text] = {
    Standing.AS_ON_FILE: Text(zh="与档案一致", en="as on file"),
    Standing.CHANGED: Text(zh="有变化", en="changed"),
    Standing.HELP_NEEDED: Text(zh="需要帮助", en="help needed"),
}
_TOLD = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """One value of a fact: the column's label, and the value's words."""

    name: str
    label: Text
    value: Text = field(repr=False)


class Happened(Protocol):
    """One line of a case's history."""

    @property
    def event(self) -> str: ...
    @property
    def reason(self) -> str | None: ...


class FactWords:
    """`codes` are the code lists by name; a code that is on none is shown as it is."""

    def __init__(self, codes: Mapping[str, CodeList]) -> None:
        self._columns = {(name, c): _column(name, c) for name in FACTS for c in FACTS[name]}
        self._codes = {
            (name, code.value): Text(zh=code.zh, en=code.en)
            for name, found in codes.items()
            for code in found.codes
        }

    def shown(self, fact: Fact) -> tuple[Shown, ...]:
        """What a row tells, without what it leaves empty."""
        return tuple(
            Shown(name, self._label(fact.table, name), self._value(fact.table, name, value))
            for name, value in fact.values.items()
            if value
        )

    def summary(self, fact: Fact) -> Text:
        """A row in one line."""
        first = self.shown(fact)[:_TOLD]
        name = TABLE_NAMES[fact.table]
        return Text(
            zh=f"{name.zh}：" + "，".join(f"{s.label.zh} {s.value.zh}" for s in first),
            en=f"{name.en}: " + ", ".join(f"{s.label.en} {s.value.en}" for s in first),
        )

    def event(self, rule: str, event: Happened) -> Text:
        """A line of a case's history."""
        known = {str(e): text for e, (text, _) in EVENTS.items()}
        zh = known.get(event.event, event.event)
        return Text(zh=f"{rule} {zh}", en=f"{rule} {event.event.replace('_', ' ')}")

    def call(self, result: CallResult) -> Text:
        """A call's result."""
        said = CALLS[result]
        return Text(zh=f"电话：{said.zh}", en=f"call: {said.en}")

    def seen(self, seen: Seen) -> Text:
        """What a visit saw."""
        said = SEEN[seen]
        return Text(zh=f"走访：{said.zh}", en=f"visit: {said.en}")

    def review(self, review: Review) -> Text:
        """A review in one line: what was not as on file."""
        odd = [(p, s) for p, s in review.points.items() if s is not Standing.AS_ON_FILE]
        zh = "，".join(f"{POINTS[p].zh} {STANDINGS[s].zh}" for p, s in odd) or "与档案一致"
        en = ", ".join(f"{POINTS[p].en} {STANDINGS[s].en}" for p, s in odd) or "as on file"
        return Text(zh=f"{review.quarter} 复核：{zh}", en=f"review {review.quarter}: {en}")

    def _label(self, name: str, column: str) -> Text:
        return Text(zh=self._columns[name, column].zh, en=column.replace("_", " "))

    def _value(self, name: str, column: str, value: str) -> Text:
        of = self._columns[name, column]
        if of.kind == "bool":
            return Text(zh="是", en="yes") if value == "1" else Text(zh="否", en="no")
        known = self._codes.get((of.codes, value))
        return known or Text(zh=value, en=value)


def _column(name: str, column: str) -> Column:
    for of in (name, "assistance_household"):
        found = next((c for c in table(of).columns if c.name == column), None)
        if found is not None:
            return found
    raise KeyError(column)
