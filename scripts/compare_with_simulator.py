"""Compare ``leastwise can --cases`` with an independent simulator on random cases.

``python scripts/compare_with_simulator.py --cases 200000 --seed 1`` with the folder in which
``npm install`` was run with ``tests/semantics/oracle/package.json`` in ``LEASTWISE_ORACLE``. The
simulator (npm ``@cloud-copilot/iam-simulate``) runs as a process of its own; nothing of it is
part of leastwise.

Printed are the outcomes, the share of agreement, and each class of disagreement with its reading,
its page and one case made as small as it can be. Classes are those of
``tests/semantics/known_differences.py``; what none of them explains makes the exit code 1.
"""

import argparse
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.semantics import known_differences, random_cases
from tests.semantics.simulator import Simulator

from leastwise.api.questions.cases import Answered, answer

Case: TypeAlias = dict[str, Any]
Class: TypeAlias = tuple[str, ...] | None

BATCH = 5_000
AS_THEY_ARE = frozenset({"id", "request", "principal", "action", "resource", "accountId"})
"""Fields that shrinking leaves alone; the context of the request is not one of them."""
NEEDED = frozenset({"context", "Effect", "Statement", "Principal", "NotPrincipal"})
"""Fields that shrinking does not leave out."""


def ours(case: Case) -> str:
    """Return our verdict, or what is wrong with the case."""
    reply = answer(json.dumps(case).encode(), 0)
    return reply.result if isinstance(reply, Answered) else f"refused: {reply.error}"


def batches(number: int, seed: int) -> Iterator[list[Case]]:
    """Yield the random cases, some thousand at a time."""
    made = random_cases.cases(random.Random(seed), number)  # noqa: S311 - cases, not keys
    while batch := list(islice(made, BATCH)):
        yield batch


def smaller(data: Any) -> Iterator[Any]:
    """Yield copies of JSON data from which one part is gone."""
    if isinstance(data, dict):
        for key in data:
            if key not in {*AS_THEY_ARE, *NEEDED}:
                yield {k: v for k, v in data.items() if k != key}
            for part in smaller(data[key]):
                yield {**data, key: part}
    elif isinstance(data, list):
        for index, item in enumerate(data):
            if len(data) > 1:
                yield data[:index] + data[index + 1 :]
            for part in smaller(item):
                yield [*data[:index], part, *data[index + 1 :]]


def shrink(case: Case, same: Callable[[list[Case]], list[bool]]) -> Case:
    """Return a case of the same kind from which nothing more can be taken."""
    while True:
        tries = sorted(smaller(case), key=lambda one: len(json.dumps(one)))
        kept = next((one for one, is_same in zip(tries, same(tries), strict=True) if is_same), None)
        if kept is None:
            return case
        case = kept


def report(counts: Counter[Class], examples: dict[Class, Case], simulator: Simulator) -> None:
    """Print each class, the most frequent first; single ones with reading and a small case."""
    readings = {d.name: d for d in known_differences.DIFFERENCES}
    for names, count in counts.most_common():
        print(f"\n{count} {' + '.join(names) if names else 'NOT EXPLAINED'}")
        if names is not None and len(names) > 1:
            continue
        for name in names or ():
            print(f"  {readings[name].reading}\n  {readings[name].page}")
        verdicts = ours(examples[names]), simulator.judge([examples[names]])[0]

        def same(
            tries: list[Case], verdicts: tuple[str, str] = verdicts, names: Class = names
        ) -> list[bool]:
            both = zip(map(ours, tries), simulator.judge(tries), strict=True)
            alike = [pair == verdicts for pair in both]
            asked = [(one, verdicts[0]) for one, yes in zip(tries, alike, strict=True) if yes]
            classes = iter(known_differences.explained(asked, simulator.judge))
            return [yes and next(classes) == names for yes in alike]

        example = shrink(examples[names], same)
        print(f"  ours: {verdicts[0]}, theirs: {verdicts[1]}\n  {json.dumps(example)}")


def main() -> int:
    """Run the comparison; exit with 1 when a disagreement is not explained."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--oracle", default=os.environ.get("LEASTWISE_ORACLE"))
    options = parser.parse_args()
    if not options.oracle:
        parser.error("LEASTWISE_ORACLE, or --oracle, must name the folder of the simulator")
    outcomes: Counter[str] = Counter()
    classes: Counter[Class] = Counter()
    examples: dict[Class, Case] = {}
    with Simulator(options.oracle) as simulator:
        for batch in batches(options.cases, options.seed):
            verdicts = list(zip(batch, map(ours, batch), simulator.judge(batch), strict=True))
            outcomes.update(theirs for _, _, theirs in verdicts)
            differing = [(one, mine) for one, mine, theirs in verdicts if mine != theirs]
            found = known_differences.explained(differing, simulator.judge)
            for (one, _), names in zip(differing, found, strict=True):
                classes[names] += 1
                examples.setdefault(names, one)
            print(f"{outcomes.total()} cases, {classes[None]} not explained", file=sys.stderr)
        print(f"{outcomes.total()} cases, seed {options.seed}: {dict(outcomes.most_common())}")
        agreed = outcomes.total() - classes.total()
        print(f"{agreed} agree ({agreed / outcomes.total():.2%}), {classes.total()} differ")
        report(classes, examples, simulator)
    return 1 if classes[None] else 0


if __name__ == "__main__":
    sys.exit(main())
