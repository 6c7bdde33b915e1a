"""`python -m bench.linkage`: how right and how fast linkage is, over two cities, beside its limit.

The limit is one bare DuckDB join of the same rolls with the registry on the number, in the same run,
its pairs kept as a table. Each city is linked in a process of its own, its rolls read in batches into the
engine and packed, as a night does; `--memory` is the engine's limit, a site's own without it, and what
is more goes to disk. `--splink PYTHON` names a Python that has Splink (requirements/bench.txt), which
then links the same residual with the same weights and no limit.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from bench.linkage import changed, measure
from bench.linkage.cities import make_city, print_rates
from bench.linkage.residual import write_residual

ENOUGH = "4GB"
"""For what is not measured: counting how right a linkage is, and writing what Splink is given."""


def main() -> None:
    """Measure the sizes and fault profiles asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=100_000)
    parser.add_argument("--faults", nargs="+", default=["default", "hard"])
    parser.add_argument("--seed", type=int, default=71)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, default=Path("/dev/shm/cwg-linkage"))
    parser.add_argument(
        "--memory", default="1GB", help="what the engine may take; a site's default"
    )
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--one-changed", type=Path, help=argparse.SUPPRESS)
    parser.add_argument(
        "--splink", type=Path, help="a Python with requirements/bench.txt installed"
    )
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one_round(options.one, options.memory)))
        return
    if options.one_changed:
        print(json.dumps(changed.one_round(options.one_changed, options.memory)))
        return
    for faults in options.faults:
        print_rates(faults)
    if options.splink is None:
        print("\nNo Python with Splink was named (--splink): no yardstick in this run.")
    print(f"\n{_HEAD}\n{'|---' * (_HEAD.count('|') - 1)}|")
    for faults in options.faults:
        folder = options.keep / f"{faults}-{options.children}-{options.seed}"
        make_city(folder, options.children, options.seed, faults)
        own = _fastest("--one", folder, options)
        print(_line(faults, own))
        print(_sure_line(faults, own))
        print(_changed_line(faults, _fastest("--one-changed", folder, options)))
        if options.splink is not None:
            found = yardstick(folder, options.splink, options.rounds)
            print(_splink_line(faults, found))
            print(_beside(faults, own, found))


def yardstick(folder: Path, python: Path, rounds: int) -> dict[str, float]:
    """Splink's fastest round over what our deterministic pass leaves of a city."""
    engine, spill = measure.open_engine(ENOUGH, 2)
    with engine:
        measure.load_city(engine, folder)
        write_residual(engine, folder / "residual")
    measure.forget(spill)
    script = Path(__file__).with_name("splink_run.py")
    command = [str(python), str(script), str(folder / "residual")]
    found = []
    for _ in range(rounds):
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found.append(json.loads(done.stdout.splitlines()[-1]))
    return min(found, key=lambda r: float(r["cpu"]))


def one_round(folder: Path, memory: str) -> dict[str, float]:
    """Limit, linkage and accuracy over one city, in this process."""
    engine, spill = measure.open_engine(memory, 2)
    with engine:
        measure.load_city(engine, folder)
        loaded = measure.peak_gb()
        bare = measure.bare_join(engine)
        spent = measure.link_once(engine)
        weighing, sure = measure.weighing(engine), measure.deterministic(engine)
        peak = measure.peak_gb()
        engine.run(f"SET memory_limit = '{ENOUGH}'")
        measure.load_truth(engine, folder)
        found = measure.accuracy(engine)
    measure.forget(spill)
    return {
        "rows": found.rows, "pairs": found.pairs, "linked": found.linked, "wrong": found.wrong,
        "f1": found.f1, "precision": found.precision, "recall": found.recall,
        "wrong_per_million": found.wrong_per_million,
        "true_absences": found.true_absences, "false_absences": found.false_absences,
        "false_share": found.false_absences / max(found.true_absences, 1),
        "missed_absences": found.missed_absences,
        "asked_share": found.asked / max(found.persons, 1),
        "bare_wall": bare.wall, "bare_cpu": bare.cpu, "wall": spent.wall, "cpu": spent.cpu,
        "weighing_wall": weighing.wall, "weighing_cpu": weighing.cpu,
        "sure_wall": sure.wall, "sure_cpu": sure.cpu,
        "loaded_gb": loaded, "peak_gb": peak,
    }  # fmt: skip


def _fastest(what: str, folder: Path, options: argparse.Namespace) -> dict[str, float]:
    rounds = [_in_a_process(what, folder, options.memory) for _ in range(options.rounds)]
    return min(rounds, key=lambda r: r["cpu"] / r["bare_cpu"])


def _in_a_process(what: str, folder: Path, memory: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.linkage", what, str(folder), "--memory", memory]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


_HEAD = (
    "| city | rows | F1 | precision | recall | wrong per million | false absences | asked "
    "| bare join, CPU s | linkage, CPU s | ratio | peak GB (rolls loaded) |"
)


def _line(faults: str, r: dict[str, float]) -> str:
    return (
        f"| {faults} | {r['rows']:,} | {r['f1']:.5f} | {r['precision']:.6f} | {r['recall']:.5f} "
        f"| {r['wrong_per_million']:.0f} | {r['false_share']:.3%} | {r['asked_share']:.2%} "
        f"| {r['bare_cpu']:.2f} | {r['cpu']:.1f} (wall {r['wall']:.1f}) | {r['cpu'] / r['bare_cpu']:.1f} "
        f"| {r['peak_gb']:.2f} ({r['loaded_gb']:.2f}) |"
    )


def _sure_line(faults: str, r: dict[str, float]) -> str:
    return (
        f"| {faults}, the deterministic pass alone (persons, ids, links by number and name) "
        f"| | | | | | | "
        f"| {r['bare_cpu']:.2f} | {r['sure_cpu']:.1f} (wall {r['sure_wall']:.1f}) "
        f"| {r['sure_cpu'] / r['bare_cpu']:.1f} | |"
    )


def _changed_line(faults: str, r: dict[str, float]) -> str:
    same = "the same answer" if r["same"] else "ANOTHER ANSWER"
    return (
        f"| {faults}, one row in a hundred changed ({same} as whole: {r['whole_cpu']:.1f} CPU s; kept: "
        f"{r['kept_cpu']:.1f}) | {r['rows']:,} | | | | | | | {r['bare_cpu']:.2f} "
        f"| {r['cpu']:.1f} (wall {r['wall']:.1f}) | {r['cpu'] / r['bare_cpu']:.1f} | {r['peak_gb']:.2f} |"
    )


def _splink_line(faults: str, r: dict[str, float]) -> str:
    wrong = 1e6 * (r["linked"] - r["correct"]) / max(r["linked"], 1)
    return (
        f"| {faults}, Splink on the residual | | {r['f1']:.5f} | {r['correct'] / r['linked']:.6f} "
        f"| | {wrong:.0f} | | | | {r['cpu']:.1f} (wall {r['wall']:.1f}) | | {r['peak_gb']:.2f} |"
    )


def _beside(faults: str, own: dict[str, float], splink: dict[str, float]) -> str:
    """Ours against Splink's, wall: what both do to the same rows, and all that we do; and memory."""
    weighing, whole = own["weighing_wall"] / splink["wall"], own["wall"] / splink["wall"]
    return (
        f"| {faults}, ours ÷ Splink's | | | | | | | | | weighing the residual, wall: {weighing:.2f} "
        f"({own['weighing_wall']:.1f} s; CPU {own['weighing_cpu'] / splink['cpu']:.2f}); the whole linkage: "
        f"{whole:.2f} | | {own['peak_gb'] / splink['peak_gb']:.2f} |"
    )


if __name__ == "__main__":
    main()
