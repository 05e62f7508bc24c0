"""Time leastwise, checkov and parsing alone on whole trees of Terraform, with peak memory.

``python benchmarks/on_trees.py --checkov PATH TREE...`` runs the three in turn on each tree. The
floor is a process that lists the tree's ``.tf`` files and parses each with tree-sitter: nobody who
reads them all can be quicker. Times are of whole processes, memory is their peak resident size.

checkov runs with ``--skip-download --quiet --compact`` and only the framework ``terraform``;
leastwise reads what else lies in the tree (templates, JSON documents) as well, unless
``--terraform-only`` leaves that out.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Container, Sequence
from pathlib import Path
from typing import NamedTuple

from against_checkov import locate, version

FLOOR = """\
import pathlib, sys, tree_sitter, tree_sitter_hcl
parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))
count = size = 0
for path in pathlib.Path(sys.argv[1]).rglob("*.tf"):
    if path.is_file():
        data = path.read_bytes()
        parser.parse(data)
        count += 1
        size += len(data)
print(count, size)
"""


class Cost(NamedTuple):
    """Wall clock seconds, peak resident memory in MB, output and processor seconds of a process.

    Processor time is that of its children too, and little disturbed by what else the machine does.
    """

    seconds: float
    memory: float
    output: str
    processor: float


def cost(command: Sequence[str], folder: Path, accepted: Container[int] = (0, 1, 2)) -> Cost:
    """Run a command; by default its exit code may tell of findings (1) or unread files (2)."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in accepted:
            raise SystemExit(f"{' '.join(command)}: exit {process.returncode}")
        output.seek(0)
        processor = usage.ru_utime + usage.ru_stime
        return Cost(seconds, usage.ru_maxrss / 1024, output.read(), processor)


def measure(tree: Path, leastwise: str, checkov: str | None, options: argparse.Namespace) -> dict:
    """Run each program in turn, ``--runs`` times, after one run that does not count."""
    only = ["--exclude", "**/*.json", "--exclude", "**/*.y*ml"] if options.terraform_only else []
    commands = {
        "floor": [sys.executable, "-c", FLOOR, "."],
        "leastwise": [leastwise, "check", ".", "--format", "json", *only],
    }
    if checkov is not None:
        commands["checkov"] = [checkov, "-d", ".", "--framework", "terraform", "--skip-download"]
        commands["checkov"] += ["--quiet", "--compact"]
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(options.runs + 1):
        for name, command in commands.items():
            costs[name].append(cost(command, tree))
    files, size = costs["floor"][0].output.split()
    shown = cost([leastwise, "policies", ".", "--format", "json", *only], tree)
    documents = len(json.loads(shown.output))
    result: dict = {"tree": tree.name, "files": int(files), "bytes": int(size)}
    result["documents"] = documents
    for name, found in costs.items():
        times = [one.seconds for one in found[1:]]
        result[name] = {
            "median_s": round(statistics.median(times), 3),
            "peak_mb": round(max(one.memory for one in found)),
        }
    ours = result["leastwise"]["median_s"]
    result["ms_per_document"] = round(ours * 1000 / max(documents, 1), 2)
    result["times_the_floor"] = round(ours / result["floor"]["median_s"], 1)
    if checkov is not None:
        result["checkov_ratio"] = round(result["checkov"]["median_s"] / ours, 1)
    return result


def main() -> None:
    """Measure every tree and print one JSON object for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("trees", nargs="+", type=Path, metavar="TREE")
    parser.add_argument("--checkov", help="the checkov to run (none: leave it out)")
    parser.add_argument("--leastwise", default="leastwise", help="the leastwise to run")
    parser.add_argument("--runs", type=int, default=3, help="rounds (default: 3)")
    parser.add_argument("--terraform-only", action="store_true", help="leave out other input")
    options = parser.parse_args()
    leastwise = locate(options.leastwise)
    checkov = None if options.checkov is None else locate(options.checkov)
    for name, program in (("leastwise", leastwise), ("checkov", checkov)):
        if program is not None:
            print(f"{name} {version(program)}")
    for tree in options.trees:
        print(json.dumps(measure(tree.resolve(), leastwise, checkov, options)))


if __name__ == "__main__":
    main()
