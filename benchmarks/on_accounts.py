"""Time leastwise on dumps of accounts of growing size, with peak memory and how both grow.

``python benchmarks/on_accounts.py [SIZE...]`` writes a dump of each size with ``accounts.py`` and
runs ``check``, ``check`` without the rules of escalation, and ``graph`` on it, each as a process of
its own. Printed are wall clock and processor seconds, peak resident memory, and over all sizes the
exponent with which processor time grows: 1 is linear in principals, 2 in pairs of them. Processor
time is little disturbed by what else the machine does.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from against_checkov import locate, version
from on_trees import Cost, cost

SIZES = (100, 500, 1000, 2500, 5000)
ACCOUNTS = Path(__file__).with_name("accounts.py")
COMMANDS = {
    "check": ("check", "--format", "json"),
    "without escalation": ("check", "--format", "json", "--ignore", "escalation"),
    "graph": ("graph", "--format", "json"),
}


def write(folder: Path, size: int, seed: int) -> Path:
    """Write the dump of an account."""
    dump = folder / f"account-{size}.json"
    with dump.open("w", encoding="utf-8") as file:
        command = [sys.executable, str(ACCOUNTS), str(size), "--seed", str(seed)]
        subprocess.run(command, stdout=file, check=True)
    return dump


def told(costs: Sequence[Cost], size: int, name: str) -> dict[str, object]:
    """Sum up the runs of one command on one dump."""
    found: dict[str, object] = {
        "principals": size,
        "command": name,
        "wall_s": round(statistics.median(c.seconds for c in costs), 1),
        "processor_s": round(statistics.median(c.processor for c in costs), 1),
        "peak_mb": round(max(c.memory for c in costs)),
        "output_mb": round(len(costs[0].output) / 1e6, 1),
    }
    if name.startswith(("check", "without")):
        found["findings"] = len(json.loads(costs[0].output)["findings"])
    return found


def exponent(seconds: dict[int, float], start: float) -> float:
    """Fit time, less what a process takes to start, to a power of the size (least squares)."""
    rows = [(math.log(size), math.log(max(time - start, 0.01))) for size, time in seconds.items()]
    across = statistics.fmean(x for x, _ in rows)
    upwards = statistics.fmean(y for _, y in rows)
    return sum((x - across) * (y - upwards) for x, y in rows) / sum(
        (x - across) ** 2 for x, _ in rows
    )


def main() -> None:
    """Measure every command on every size."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES), metavar="SIZE")
    parser.add_argument("--seed", type=int, default=0, help="another account (default: 0)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each (default: 3)")
    parser.add_argument("--leastwise", default="leastwise", help="the leastwise to run")
    parser.add_argument("--command", choices=COMMANDS, action="append", help="only these")
    options = parser.parse_args()
    leastwise = locate(options.leastwise)
    print(f"leastwise {version(leastwise)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dumps = {size: write(folder, size, options.seed) for size in options.sizes}
        start = cost([leastwise, "--version"], folder).processor
        for command in options.command or COMMANDS:
            times = {}
            for size, dump in dumps.items():
                line = [leastwise, *COMMANDS[command], dump.name]
                costs = [cost(line, folder) for _ in range(options.runs)]
                print(json.dumps(told(costs, size, command)), flush=True)
                times[size] = statistics.median(c.processor for c in costs)
            if len(times) > 1:
                print(f"{command}: grows with the power {exponent(times, start):.2f}", flush=True)


if __name__ == "__main__":
    main()
