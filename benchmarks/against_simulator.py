"""Time ``leastwise can --cases`` and an independent simulator on the same decisions.

``python benchmarks/against_simulator.py --oracle FOLDER`` with the folder in which ``npm install``
was run with ``tests/semantics/oracle/package.json`` (or its path in ``LEASTWISE_ORACLE``). Whole
processes run alternately on one file of random cases, so that what else the machine does falls on
both; each pair gives one ratio, and the median of the ratios is the answer. Start-up is part of
it. Two kinds of file: *fresh*, in which every case brings policies of its own (most of the work is
reading them), and *repeated*, in which 50 sets of policies meet many requests each.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.semantics import random_cases
from tests.semantics.simulator import DRIVER

SETS = 50


class Timing(NamedTuple):
    """Seconds of wall clock, and of processor time, of one pair of runs."""

    leastwise: tuple[float, float]
    simulator: tuple[float, float]

    def ratio(self, clock: int) -> float:
        """How many times longer the simulator took."""
        return self.simulator[clock] / self.leastwise[clock]


def write_cases(path: Path, number: int, *, fresh: bool) -> None:
    """Write random cases, the same for the same number."""
    cases = list(random_cases.cases(random.Random(1), number))  # noqa: S311 - cases, not keys
    for index, one in enumerate(cases):
        if not fresh:
            one |= {k: v for k, v in cases[index % SETS].items() if k not in ("id", "request")}
    path.write_text("".join(json.dumps(one) + "\n" for one in cases), encoding="utf-8")


def time_process(
    command: Sequence[str], cases: Path, environment: dict[str, str]
) -> tuple[float, float]:
    """Return wall and processor seconds of a process that answers all the cases."""
    before, start = os.times(), time.perf_counter()
    with cases.open("rb") as stdin:
        done = subprocess.run(
            command, stdin=stdin, capture_output=True, env=environment, check=True
        )
    wall, after = time.perf_counter() - start, os.times()
    if done.stdout.count(b'"result"') < cases.read_bytes().count(b"\n"):
        raise SystemExit(f"{' '.join(command)}: cases without an answer")
    used = after.children_user + after.children_system
    return wall, used - before.children_user - before.children_system


def measure(oracle: str, cases: Path, runs: int) -> list[Timing]:
    """Run both alternately ``runs`` times, after one run of each that does not count."""
    # Ours may use the bytecode that the first run has written, as any installed program does.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(cases.parent / "bytecode")
    ours = [sys.executable, "-m", "leastwise", "can", "--cases", "-"]
    theirs = ["node", str(DRIVER), oracle]
    pairs = [
        Timing(time_process(ours, cases, environment), time_process(theirs, cases, environment))
        for _ in range(runs + 1)
    ]
    return pairs[1:]


def main() -> None:
    """Measure both kinds of file, and print decisions a second and the median ratios."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--oracle", default=os.environ.get("LEASTWISE_ORACLE"))
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=7, help="pairs of runs (default: 7)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if not options.oracle:
        parser.error("LEASTWISE_ORACLE, or --oracle, must name the folder of the simulator")
    results = {}
    with tempfile.TemporaryDirectory() as name:
        for kind in ("fresh", "repeated"):
            path = Path(name) / f"{kind}.jsonl"
            write_cases(path, options.cases, fresh=kind == "fresh")
            pairs = measure(options.oracle, path, options.runs)
            results[kind] = {
                "cases": options.cases,
                "leastwise_per_second": rate(options.cases, [p.leastwise[0] for p in pairs]),
                "simulator_per_second": rate(options.cases, [p.simulator[0] for p in pairs]),
                "median_ratio": round(statistics.median(p.ratio(0) for p in pairs), 2),
                "median_ratio_of_processor_time": round(
                    statistics.median(p.ratio(1) for p in pairs), 2
                ),
            }
    if options.json:
        print(json.dumps(results, indent=2))
        return
    for kind, found in results.items():
        print(
            f"{kind:9} leastwise {found['leastwise_per_second']:6} a second, "
            f"simulator {found['simulator_per_second']:6}: ratio {found['median_ratio']} "
            f"({found['median_ratio_of_processor_time']} in processor time)"
        )


def rate(cases: int, seconds: Sequence[float]) -> int:
    """Return decisions a second at the median."""
    return round(cases / statistics.median(seconds))


if __name__ == "__main__":
    main()
