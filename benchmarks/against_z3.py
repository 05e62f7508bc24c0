"""Time leastwise's comparisons of policies and the same ones by z3, and compare the answers.

``python benchmarks/against_z3.py`` in an environment that has leastwise and z3
(``pip install z3-solver``; leastwise itself never uses it). The pairs are those of
``scripts/policy_pairs.py``, both directions; the formulas those of ``z3_encoding``. Both run one
after the other on each comparison, so that what else the machine does falls on both. Each
comparison gives one ratio; where z3 does not answer within the limit, the time it took counts,
so that the ratio is too low rather than too high. Reading the JSON is not timed, building the
formulas is, and stands apart too: z3 is called through its Python package.

Where the answers differ, the request that one side found is judged by ``decide``.
"""

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from leastwise import Counterexample, PolicyDocument, Proof, Request, __version__
from leastwise.semantics.compare import access_from, implies
from leastwise.semantics.decide import decide
from leastwise.semantics.model import Comparison

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

from policy_pairs import EACH, SEED, Pair, pairs, parse

if TYPE_CHECKING:
    from policy_edits import Json

try:
    import z3
except ImportError:
    raise SystemExit("z3: not found; install it with: pip install z3-solver") from None

from z3_encoding import Encoder, NotEncodedError, request_of

Answer: TypeAlias = Literal["holds", "fails", "no answer", "not encoded"]
LIMIT = 5.0
_CALLER = "arn:aws:iam::123456789012:role/example"


class Theirs(NamedTuple):
    """Hold what z3 says of a comparison, and the seconds to build the formulas and to solve."""

    answer: Answer
    building: float = 0.0
    solving: float = 0.0
    request: Any = None

    @property
    def seconds(self) -> float:
        """Return all the time it took."""
        return self.building + self.solving


class Run(NamedTuple):
    """Hold one comparison by both."""

    name: str
    first: PolicyDocument
    second: PolicyDocument
    ours: Comparison
    seconds: float
    theirs: Theirs

    @property
    def answer(self) -> Answer:
        """Return our answer in the words of theirs."""
        if isinstance(self.ours, Proof):
            return "holds"
        return "fails" if isinstance(self.ours, Counterexample) else "no answer"


def solve(first: "Json", second: "Json", limit: float) -> Theirs:
    """Ask z3 for a request that the first policy allows and the second does not."""
    start = time.perf_counter()
    encoder = Encoder((first, second))
    try:
        wanted = z3.And(encoder.allows(first), z3.Not(encoder.allows(second)))
    except NotEncodedError:
        return Theirs("not encoded")
    solver = z3.Solver()
    solver.set("timeout", int(limit * 1000))
    solver.add(encoder.space(), wanted)
    built = time.perf_counter()
    found = solver.check()
    end = time.perf_counter()
    if found == z3.sat:
        request = request_of(encoder, solver.model())
        return Theirs("fails", built - start, end - built, request)
    return Theirs("holds" if found == z3.unsat else "no answer", built - start, end - built)


def measure(chosen: Sequence[Pair], limit: float) -> list[Run]:
    """Compare every pair in both directions by both, after one that does not count."""
    _both(chosen[0], limit)
    return [run for pair in chosen for run in _both(pair, limit)]


def _both(pair: Pair, limit: float) -> list[Run]:
    left, right = parse(pair.left), parse(pair.right)
    return [
        _run(f"{pair.name} (left in right)", (left, right), (pair.left, pair.right), limit),
        _run(f"{pair.name} (right in left)", (right, left), (pair.right, pair.left), limit),
    ]


def _run(
    name: str,
    parsed: tuple[PolicyDocument, PolicyDocument],
    data: tuple["Json", "Json"],
    limit: float,
) -> Run:
    start = time.perf_counter()
    ours = implies(*parsed)
    seconds = time.perf_counter() - start
    return Run(name, *parsed, ours, seconds, solve(*data, limit))


def explain(run: Run) -> str:
    """Say what ``decide`` answers to the request that one side found and the other did not."""
    request = run.ours.request if isinstance(run.ours, Counterexample) else None
    if request is None and run.theirs.request is not None:
        request = Request.of(principal=_CALLER, **run.theirs.request)
    judged = ""
    if request is not None:
        outcomes = [decide(request, access_from(d)).outcome for d in (run.first, run.second)]
        judged = f"; decide: {outcomes[0]}, {outcomes[1]} for {request[1:]}"
    return f"{run.name}: leastwise {run.answer}, z3 {run.theirs.answer}{judged}"


def summary(runs: Sequence[Run]) -> dict[str, Any]:
    """Return the figures: counts, and ratios of the time z3 took to ours."""
    timed = [run for run in runs if run.theirs.answer != "not encoded"]
    ours, theirs = [run.seconds for run in timed], [run.theirs.seconds for run in timed]
    solving = [run.theirs.solving for run in timed]
    answers = Counter((run.answer, run.theirs.answer) for run in runs)
    return {
        "versions": f"leastwise {__version__}, z3 {z3.get_version_string()}, "
        f"Python {python_version()}",
        "comparisons": len(runs),
        "z3_not_encoded": len(runs) - len(timed),
        "z3_no_answer": sum(run.theirs.answer == "no answer" for run in timed),
        "leastwise_no_answer": sum(run.answer == "no answer" for run in timed),
        "contradictions": answers["holds", "fails"] + answers["fails", "holds"],
        "same_answer": sum(run.answer == run.theirs.answer for run in timed),
        "answers": {f"leastwise {a}, z3 {b}": n for (a, b), n in sorted(answers.items())},
        "median_of_ratios": _median_ratio(theirs, ours),
        "median_of_ratios_solving_only": _median_ratio(solving, ours),
        "ratio_of_medians": round(statistics.median(theirs) / statistics.median(ours), 1),
        "ratio_of_sums": round(sum(theirs) / sum(ours), 1),
        "z3_faster": sum(run.theirs.seconds < run.seconds for run in timed),
    }


def _median_ratio(theirs: Sequence[float], ours: Sequence[float]) -> float:
    return round(statistics.median(t / o for t, o in zip(theirs, ours, strict=True)), 1)


def main() -> None:
    """Measure, and print the figures and where the answers differ."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--each", type=int, default=EACH, help="policies per edit")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds of z3 per comparison")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()

    runs = measure(list(pairs(options.seed, options.each)), options.limit)
    figures = summary(runs)
    different = [
        explain(run)
        for run in runs
        if run.answer != run.theirs.answer and run.theirs.answer in ("holds", "fails")
    ]
    if options.json:
        print(json.dumps(figures | {"different": different}, indent=2))
        return
    answers = figures.pop("answers")
    for name, value in (figures | answers).items():
        print(f"{name.replace('_', ' '):40} {value}")
    for line in different:
        print(f"different: {line}")


if __name__ == "__main__":
    main()
