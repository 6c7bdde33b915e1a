"""The calendar that decides: stages, summer, settle dates, insurance window, payment day, days off.

Frozen values and pure functions of a date; nothing here reads a clock. All values of one site, for
one division and its years. Source: findings.md, section "Calendar"; domain.md section 1.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from gateway.model.errors import SpecError

SATURDAY = 5
TERMINAL_GRADE = 9
TERMINAL_PRIMARY = {"6-3": 6, "5-4": 5, "9": TERMINAL_GRADE}
COMPULSORY_YEARS = 9
TERM_PAID_BY = 6
"""The spring term's student aid is paid by the end of this month, the autumn's by the year's end."""


@dataclass(frozen=True, slots=True, order=True)
class MonthDay:
    """A day of every year, written `MM-DD`; 29 February falls on the 28th in common years."""

    month: int
    day: int

    @classmethod
    def parse(cls, text: str) -> "MonthDay":
        """Read `MM-DD`. Raises SpecError."""
        try:
            month, day = (int(part) for part in text.split("-"))
            date(2000, month, day)
        except ValueError:
            raise SpecError(
                f"{text!r} is not a day of the year", where="calendar", mend="write MM-DD"
            ) from None
        return cls(month, day)

    def on(self, year: int) -> date:
        """That day of a year."""
        if (self.month, self.day) == (2, 29):
            return date(year, 3, 1) - timedelta(days=1)
        return date(year, self.month, self.day)

    def __str__(self) -> str:
        return f"{self.month:02}-{self.day:02}"


SCHOOL_YEAR_BEGINS = MonthDay(9, 1)
COMPULSORY_ENDS = MonthDay(8, 31)


@dataclass(frozen=True, slots=True)
class DayOff:
    """A row of the yearly holidays file: a weekday off, or a weekend day worked (调休)."""

    day: date
    working: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar of a site. `days` overrule weekends; see `build_calendar` for the usual way in.

    `window_extensions`: insurance year → the day on which its window really closed.
    """

    stages: str = "6-3"
    entry_age: int = 6
    summer: tuple[MonthDay, MonthDay] = (MonthDay(6, 15), MonthDay(8, 31))
    settle_entry: MonthDay = MonthDay(10, 31)
    settle_other: MonthDay = MonthDay(9, 20)
    settle_spring: MonthDay = MonthDay(3, 31)
    insurance_window: tuple[MonthDay, MonthDay] = (MonthDay(9, 1), MonthDay(12, 31))
    coverage_settle_days: int = 31
    newborn_days: int = 90
    payment_day: int = 10
    identity_refresh_by: MonthDay = MonthDay(1, 1)
    window_extensions: Mapping[int, date] = field(default_factory=dict)
    days: Mapping[date, bool] = field(default_factory=dict)

    # Working days.

    def is_working(self, day: date) -> bool:
        """Whether the bureaus work on a day."""
        return self.days.get(day, day.weekday() < SATURDAY)

    def next_working(self, day: date) -> date:
        """The day itself when it is worked, else the next one that is."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after a day; the day itself is not counted."""
        for _ in range(count):
            day = self.next_working(day + timedelta(days=1))
        return day

    def working_days(self, after: date, until: date) -> int:
        """How many working days lie after one day, up to and with another; 0 when none do."""
        span = range(1, (until - after).days + 1)
        return sum(self.is_working(after + timedelta(days=n)) for n in span)

    # School.

    def school_year_start(self, day: date) -> date:
        """The 1 September on or before a day."""
        begins = SCHOOL_YEAR_BEGINS.on(day.year)
        return begins if begins <= day else SCHOOL_YEAR_BEGINS.on(day.year - 1)

    def entry_year(self, born: date) -> int:
        """The year in which a child is of school age (`entry_age`) on or before 31 August."""
        late = born > COMPULSORY_ENDS.on(born.year)
        return born.year + self.entry_age + int(late)

    def newest_entry_year(self, day: date, opens: MonthDay) -> int:
        """The youngest entry year whose `opens` day has come by a day."""
        return day.year if opens.on(day.year) <= day else day.year - 1

    def oldest_entry_year(self, day: date) -> int:
        """The oldest entry year whose nine compulsory years, to 31 August, are not over."""
        over = day > COMPULSORY_ENDS.on(day.year)
        return day.year - COMPULSORY_YEARS + int(over)

    def in_summer(self, day: date) -> bool:
        """Whether rolls of that day are not to be read for absence."""
        first, last = self.summer
        return first.on(day.year) <= day <= last.on(day.year)

    # Insurance and payments.

    def insurance_closes(self, year: int) -> date:
        """The last day of the window in which people insure themselves for a year."""
        first, last = self.insurance_window
        usual = last.on(year if last < first else year - 1)
        return max(usual, self.window_extensions.get(year, usual))

    def coverage_settle(self, year: int) -> date:
        """The day up to which the rolls of an insurance year are still settling."""
        return self.insurance_closes(year) + timedelta(days=self.coverage_settle_days)

    def last_closed_month(self, day: date) -> date:
        """The first day of the last month whose payments are due by a day.

        Payments of a month are made by `payment_day` of the next, or the next working day; the
        month is closed from the day after.
        """
        this_month = day.replace(day=1)
        due = self.next_working(this_month.replace(day=self.payment_day))
        return months_before(this_month, 1 if day > due else 2)

    def named(self, name: str, day: date) -> date:
        """A named day of the year of `day`. Raises SpecError for a name that is not one."""
        if name not in NAMED_DAYS:
            raise SpecError(
                f"there is no day called {name!r}",
                where="calendar",
                mend="use one of " + ", ".join(NAMED_DAYS),
            )
        return NAMED_DAYS[name](self, day.year)

    def parameters(self, as_of: date) -> dict[str, object]:
        """The named SQL parameters of one night."""
        first, last = self.summer
        closing = next(y for y in (as_of.year, as_of.year + 1) if as_of <= self.insurance_closes(y))
        autumn = as_of.month > TERM_PAID_BY
        quarter = date(as_of.year, (as_of.month - 1) // 3 * 3 + 1, 1)
        return {
            "as_of": as_of,
            "period": f"{as_of:%Y-%m}",
            "period_start": as_of.replace(day=1),
            "school_year": self.school_year_start(as_of),
            "entry_age": self.entry_age,
            "entry_year_settled": self.newest_entry_year(as_of, self.settle_entry),
            "entry_year_started": self.newest_entry_year(as_of, SCHOOL_YEAR_BEGINS),
            "entry_year_oldest": self.oldest_entry_year(as_of),
            "adult_born_by": years_before(as_of, 18),
            "summer_first": str(first),
            "summer_last": str(last),
            "terminal_primary": TERMINAL_PRIMARY[self.stages],
            "terminal_grade": TERMINAL_GRADE,
            "insurance_year": as_of.year,
            "insurance_year_start": date(as_of.year, 1, 1),
            "newborn_days": self.newborn_days,
            "newborn_since": as_of - timedelta(days=self.newborn_days),
            "insurance_next": closing,
            "insurance_next_closes": self.insurance_closes(closing),
            "quarter_start": quarter,
            "last_quarter_start": months_before(quarter, 3),
            "quarter_end": months_before(quarter, -3) - timedelta(days=1),
            "settle_entry_day": str(self.settle_entry),
            "settle_other_day": str(self.settle_other),
            "settle_spring_day": str(self.settle_spring),
            "term_first": date(as_of.year, 1, 1) if autumn else date(as_of.year - 1, 9, 1),
            "term_last": date(as_of.year, 6, 30) if autumn else date(as_of.year - 1, 12, 31),
            "last_closed_month": self.last_closed_month(as_of),
        }


NAMED_DAYS: dict[str, Callable[[Calendar, int], date]] = {
    "year_start": lambda c, year: date(year, 1, 1),
    "coverage_settle": lambda c, year: c.coverage_settle(year),
    "summer_first": lambda c, year: c.summer[0].on(year),
    "summer_last": lambda c, year: c.summer[1].on(year),
    "settle_entry": lambda c, year: c.settle_entry.on(year),
    "settle_other": lambda c, year: c.settle_other.on(year),
    "settle_spring": lambda c, year: c.settle_spring.on(year),
    "identity_refresh_by": lambda c, year: c.identity_refresh_by.on(year),
    "insurance_opens": lambda c, year: c.insurance_window[0].on(year),
}
"""Days that a rule's phases may name."""


def build_calendar(settings: Mapping[str, Any], days: Iterable[DayOff] = ()) -> Calendar:
    """A calendar from the site's `calendar` section and the rows of its holidays file.

    Keys are the fields of Calendar; days of the year are `MM-DD` texts. Raises SpecError for an
    unknown key, an unknown kind of stages, or a day that does not exist.
    """
    values = {name: _value(name, value) for name, value in settings.items()}
    if values.get("stages", "6-3") not in TERMINAL_PRIMARY:
        raise SpecError(
            f"stages {values['stages']!r} are not known",
            where="calendar, stages",
            mend="use one of " + ", ".join(TERMINAL_PRIMARY),
        )
    return Calendar(days={row.day: row.working for row in days}, **values)


def months_before(month: date, count: int) -> date:
    """The first day of the month `count` months before the month of a date."""
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def years_before(day: date, count: int) -> date:
    """The same day `count` years before; 28 February for a 29th that does not exist."""
    return MonthDay(day.month, day.day).on(day.year - count)


def _value(name: str, value: Any) -> Any:
    if name not in Calendar.__dataclass_fields__:
        raise SpecError(f"the calendar has no {name!r}", where="calendar", mend="see docs/site.md")
    if name.startswith("settle_") or name == "identity_refresh_by":
        return MonthDay.parse(value)
    if name in ("summer", "insurance_window"):
        first, last = value
        return MonthDay.parse(first), MonthDay.parse(last)
    return value
