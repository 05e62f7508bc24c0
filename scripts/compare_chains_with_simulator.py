"""Have an independent simulator judge the calls of proven steps of the escalation graph.

``python scripts/compare_chains_with_simulator.py --accounts 500 --seed 1`` takes random accounts,
with trees as arguments (folders, files) it takes those. ``LEASTWISE_ORACLE`` names the folder in
which ``npm install`` was run with ``tests/semantics/oracle/package.json``. The simulator (npm
``@cloud-copilot/iam-simulate``) runs as a process of its own; nothing of it is part of leastwise.

Printed are how many steps and calls were sampled, how many the simulator allows, and each that it
does not, with the known difference that explains it (``tests/semantics/known_differences.py``).
The exit code is 1 when there is one that nothing explains.
"""

import argparse
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.graph.accounts import account
from tests.graph.simulated import Call, calls_of, steps_of
from tests.semantics import known_differences
from tests.semantics.simulator import Simulator

from leastwise.api.load import load_workspace
from leastwise.api.options import Options
from leastwise.api.workspace import WrongUse, open_workspace
from leastwise.config.model import Config
from leastwise.graph.closure.reach import Graph, graph_of
from leastwise.graph.model import Step


def graphs(options: argparse.Namespace) -> Iterator[tuple[str, Graph]]:
    """Yield the graphs to look at, each with a name."""
    for tree in options.trees:
        workspace = open_workspace((tree,), Path.cwd())
        if isinstance(workspace, WrongUse):
            sys.exit(workspace.message)
        loaded = load_workspace(workspace, Config(), Options())
        yield tree, graph_of(loaded.project, Config())
    for seed in range(options.seed, options.seed + (0 if options.trees else options.accounts)):
        one = account(seed)
        yield f"seed {seed}", graph_of(one.project(), one.config())


def sampled(graph: Graph, most: int, chance: random.Random) -> list[Step]:
    """Return at most so many proven steps of all principals of a graph."""
    numbers = list(range(len(graph.project.principals)))
    chance.shuffle(numbers)
    found: dict[Step, None] = {}
    for number in numbers:
        if len(found) >= most:
            break
        found |= dict.fromkeys(steps_of(graph, number))
    return list(found)[:most]


def judged(calls: list[Call], simulator: Simulator) -> list[tuple[Call, tuple[str, ...] | None]]:
    """Return the calls that the simulator does not allow, and what explains each."""
    cases = [call.case for call in calls]
    verdicts = simulator.judge(cases)
    differing = [c for c, verdict in zip(calls, verdicts, strict=True) if verdict != "Allowed"]
    found = known_differences.explained([(c.case, "Allowed") for c in differing], simulator.judge)
    return list(zip(differing, found, strict=True))


def main() -> int:
    """Run the comparison; exit with 1 when a disagreement is not explained."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("trees", nargs="*")
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=2_000, help="at most, of each graph")
    parser.add_argument("--oracle", default=os.environ.get("LEASTWISE_ORACLE"))
    options = parser.parse_args()
    if not options.oracle:
        parser.error("LEASTWISE_ORACLE, or --oracle, must name the folder of the simulator")
    counts: Counter[str] = Counter()
    paths: Counter[str] = Counter()
    chance = random.Random(options.seed)  # noqa: S311 - a sample, not keys
    with Simulator(options.oracle) as simulator:
        for name, graph in graphs(options):
            steps = sampled(graph, options.steps, chance)
            calls = [call for step in steps for call in calls_of(graph, step)]
            asked = [call for call in calls if call.case is not None]
            differing = judged(asked, simulator)
            paths.update(step.path for step in steps)
            counts.update(steps=len(steps), calls=len(calls), asked=len(asked))
            counts.update(f"not asked: {call.why_not}" for call in calls if call.case is None)
            counts["allowed"] += len(asked) - len(differing)
            for call, why in differing:
                counts[f"differs: {' + '.join(why) if why else 'NOT EXPLAINED'}"] += 1
                if why is None:
                    print(f"{name}: {json.dumps(call.case)}")
    print(f"{len(paths)} paths; " + ", ".join(f"{count} {key}" for key, count in counts.items()))
    return 1 if counts["differs: NOT EXPLAINED"] else 0


if __name__ == "__main__":
    sys.exit(main())
