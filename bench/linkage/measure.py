"""One night's linkage over a city: seconds, memory, and how right it is."""

import resource
import shutil
import tempfile
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bench.linkage.cities import AS_OF, load_city, load_truth
from bench.one_night import peak_gb
from gateway.engine import Engine, EngineSettings, Step
from gateway.linkage import link
from gateway.linkage.weights import load_weights
from gateway.wiring_files import MAPPINGS

WEIGHTS = MAPPINGS / "linkage" / "weights.v1.yaml"
_TRUTH = Path(__file__).with_name("truth.sql")
_BARE = """
CREATE OR REPLACE TABLE bare_link AS
SELECT c.row_key, r.row_ref FROM child AS c JOIN {roll} AS r ON r.id_number = c.id_number
"""
ROLLS = ("enrolment", "coverage", "assistance_member")
DETERMINISTIC = (
    "base_registry", "base_assistance", "shared_rows", "carry", "persons",
    "rows_assistance", "rows_rolls", "exact",
)  # fmt: skip
"""The steps that need no weight: who is a person of the night, and whose row has its number and name."""


class Ids:
    """Person ids from one counter."""

    def __init__(self) -> None:
        self._next = 1

    def reserve(self, count: int) -> range:
        """The next `count` ids."""
        self._next += count
        return range(self._next - count, self._next)


@dataclass(frozen=True, slots=True)
class Spent:
    """Wall and CPU (user and system) seconds."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Counts against the truth; shares are fractions."""

    rows: int
    pairs: int
    linked: int
    wrong: int
    true_absences: int
    false_absences: int
    missed_absences: int
    persons: int
    asked: int

    @property
    def right(self) -> int:
        """Links to the right child."""
        return self.linked - self.wrong

    @property
    def precision(self) -> float:
        """Of all links, the right ones."""
        return self.right / max(self.linked, 1)

    @property
    def recall(self) -> float:
        """Of all true pairs, the linked ones."""
        return self.right / max(self.pairs, 1)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / max(self.linked + self.pairs, 1)

    @property
    def wrong_per_million(self) -> float:
        """Wrong links per million rows linked."""
        return 1e6 * self.wrong / max(self.linked, 1)


class Clock:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), _cpu()

    def spent(self) -> Spent:
        """Seconds until now."""
        return Spent(time.perf_counter() - self._wall, _cpu() - self._cpu)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class NotedEngine(Engine):
    """Notes when each named step begins, so that what is spent between two steps can be told."""

    def __init__(self, settings: EngineSettings) -> None:
        super().__init__(settings)
        self.noted: list[tuple[str, Spent]] = []
        self._clock = Clock()

    def run(self, step: Step | str, params: Mapping[str, object] | None = None) -> None:
        """Run a step; a named one is noted."""
        if isinstance(step, Step):
            self.noted.append((step.name, self._clock.spent()))
        super().run(step, params)

    def between(self, after: str, first: str, end: str) -> Spent:
        """What was spent from step `first` to step `end`, each the first of its name behind `after`."""
        names = [name for name, _ in self.noted]
        start = names.index(first, names.index(after))
        begun, ended = self.noted[start][1], self.noted[names.index(end, start)][1]
        return Spent(ended.wall - begun.wall, ended.cpu - begun.cpu)

    def of(self, steps: Collection[str]) -> Spent:
        """What was spent in steps of those names, each until the next one begins."""
        spent = [
            (then[1].wall - step[1].wall, then[1].cpu - step[1].cpu)
            for step, then in pairwise(self.noted)
            if step[0] in steps
        ]
        return Spent(sum(wall for wall, _ in spent), sum(cpu for _, cpu in spent))


def open_engine(memory: str, threads: int) -> tuple[NotedEngine, Path]:
    """An engine and its spill folder, which is on disk."""
    spill = Path(tempfile.mkdtemp(prefix="cwg-bench-"))
    return NotedEngine(EngineSettings(spill, memory_limit=memory, threads=threads)), spill


def bare_join(engine: Engine, rounds: int = 3) -> Spent:
    """The limit: each roll joined to the registry on the number; the fastest of `rounds`."""
    best = Spent(float("inf"), float("inf"))
    for _ in range(rounds):
        clock = Clock()
        for roll in ROLLS:
            engine.run(_BARE.format(roll=roll))
        spent = clock.spent()
        best = Spent(min(best.wall, spent.wall), min(best.cpu, spent.cpu))
    engine.drop("bare_link")
    return best


def link_once(engine: Engine) -> Spent:
    """One whole linkage of what is loaded."""
    clock = Clock()
    link(engine, as_of=AS_OF, ids=Ids(), weights=load_weights(WEIGHTS))
    return clock.spent()


def weighing(engine: NotedEngine) -> Spent:
    """What a linkage spent on the rows of the rolls that are nobody's by number: what Splink is given."""
    return engine.between("rows_rolls", "strangers", "rows_records")


def deterministic(engine: NotedEngine) -> Spent:
    """What a linkage spent on persons and their ids, and on links by number and name."""
    return engine.of(DETERMINISTIC)


def accuracy(engine: Engine) -> Accuracy:
    """Hold `link` and `undecided` against `truth`."""
    engine.run(_TRUTH.read_text(encoding="utf-8"))

    def count(sql: str) -> int:
        return int(str(engine.value(f"SELECT count(*) FROM {sql}")))

    present = "presence WHERE NOT aside"
    return Accuracy(
        rows=count("roll_uid"),
        pairs=count("true_pair"),
        linked=count("found_pair"),
        wrong=count("found_pair WHERE NOT correct"),
        true_absences=count(f"{present} AND NOT truly"),
        false_absences=count(f"{present} AND truly AND NOT linked AND NOT held"),
        missed_absences=count(f"{present} AND NOT truly AND linked"),
        persons=count("person"),
        asked=count("(SELECT DISTINCT person_id FROM undecided WHERE NOT quarantined)"),
    )


def forget(spill: Path) -> None:
    """Remove a spill folder."""
    shutil.rmtree(spill, ignore_errors=True)


__all__ = [
    "Accuracy",
    "Spent",
    "accuracy",
    "bare_join",
    "deterministic",
    "forget",
    "link_once",
    "load_city",
    "load_truth",
    "open_engine",
    "peak_gb",
    "weighing",
]
