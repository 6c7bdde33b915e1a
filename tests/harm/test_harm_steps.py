"""Paging climbs when nobody answers; steps come in their order. Times are arguments."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.harm import STEPS, HarmStep, PageSettings, next_steps, page_due

NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SETTINGS = PageSettings()


@pytest.mark.parametrize(
    ("paged", "acknowledged", "minutes", "level"),
    [
        ([], False, 0, 0),
        ([0], False, 29, None),
        ([0], False, 30, 1),
        ([0, 30], False, 59, None),
        ([0, 30], False, 60, 2),
        ([0, 30, 60], False, 90, 2),
        ([0], True, 300, None),
        ([], True, 0, None),
    ],
)
def test_a_page_climbs_every_thirty_minutes(
    paged: list[int], acknowledged: bool, minutes: int, level: int | None
) -> None:
    times = [NOW + n * MINUTE for n in paged]
    due = page_due(
        7, times, acknowledged=acknowledged, now=NOW + minutes * MINUTE, settings=SETTINGS
    )
    assert (None if due is None else due.level) == level


ROUTINE = [HarmStep.REPORTED, HarmStep.PAGED]


@pytest.mark.parametrize(
    ("done", "reporter", "ready"),
    [
        (ROUTINE, False, {HarmStep.ACKNOWLEDGED}),
        ([*ROUTINE, HarmStep.ACKNOWLEDGED], False,
         {HarmStep.ACKNOWLEDGED, HarmStep.IDENTITY_CHECKED}),
        ([*ROUTINE, HarmStep.ACKNOWLEDGED, HarmStep.IDENTITY_CHECKED, HarmStep.ASSESSED], True,
         set(STEPS) - {HarmStep.CLOSED}),
        ([*ROUTINE, HarmStep.ACKNOWLEDGED, HarmStep.IDENTITY_CHECKED, HarmStep.ASSESSED,
          HarmStep.REPORTER_TOLD], True, set(STEPS)),
        ([*ROUTINE, HarmStep.CLOSED], False, set()),
    ],
)  # fmt: skip
def test_identity_comes_first_and_the_reporter_is_told_before_the_end(
    done: list[HarmStep], reporter: bool, ready: set[HarmStep]
) -> None:
    assert next_steps(done, reported_by_somebody=reporter) == ready
