"""Check ``implies`` on pairs of real policies, both directions, and print a small table.

``python scripts/check_comparisons.py [--simulator FOLDER]``. The pairs are those of
``policy_pairs``. Checked is that

- every counterexample is allowed by the first document and not by the second, says the
  independent simulator of ``tests/semantics/oracle``. FOLDER (default: the environment variable
  LEASTWISE_ORACLE) is where ``npm install`` was run with that folder's package.json; ``node``
  must be on PATH. Without FOLDER the evaluator of the package judges alone.
- no proof is contradicted by a request sampled by ``aimed_requests``, say both.
- pairs that allow the same by construction are proved to.

What is wrong is listed, and the exit code is then 1. One difference is explained, not wrong:
``ForAnyValue:...IfExists`` holds here for a key that the request lacks, as AWS says of every
IfExists (reference_policies_elements_condition_operators.html), and fails in the simulator.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from aimed_requests import CALLER, aimed
from leastwise import Counterexample, Proof, Request, Undecided
from leastwise.iam.policy import PolicyDocument
from leastwise.semantics.compare import access_from, implies
from leastwise.semantics.decide import decide
from leastwise.semantics.model import Comparison
from policy_edits import ACCOUNT, Json, listed
from policy_pairs import SEED, Pair, pairs, parse

DRIVER = Path(__file__).resolve().parent.parent / "tests/semantics/oracle/driver.cjs"
DELEGATING: Json = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "*",
            "Resource": "*",
        }
    ],
}
"""Leaves it to the identity policies; without a key's own policy nobody may use the key."""
SAMPLES = 60
"""Requests per pair."""


class Outcome(NamedTuple):
    """Hold one comparison: whether all that the first allows, the second allows."""

    name: str
    first: Json
    second: Json
    equal: bool
    answer: Comparison
    seconds: float


class Sampled(NamedTuple):
    """Hold a request for a pair, and what each evaluator says of the two documents.

    ``allowed`` maps an evaluator to its two answers; None: no answer.
    """

    pair: int
    request: Json
    allowed: dict[str, tuple[bool | None, bool | None]]


def compare_all(chosen: Sequence[Pair]) -> list[Outcome]:
    """Compare all pairs in both directions, after one comparison that does not count."""
    implies(parse(chosen[0].left), parse(chosen[0].right))
    found = []
    for pair in chosen:
        left, right = parse(pair.left), parse(pair.right)
        found.append(_outcome(pair, (left, right), backward=False))
        found.append(_outcome(pair, (left, right), backward=True))
    return found


def _outcome(
    pair: Pair, parsed: tuple[PolicyDocument, PolicyDocument], *, backward: bool
) -> Outcome:
    left, right = parsed[::-1] if backward else parsed
    start = time.perf_counter()
    answer = implies(left, right)
    seconds = time.perf_counter() - start
    first, second = (pair.right, pair.left) if backward else (pair.left, pair.right)
    name = f"{pair.name} ({'right in left' if backward else 'left in right'})"
    return Outcome(name, first, second, pair.equal, answer, seconds)


def simulate(cases: Iterable[tuple[Json, Json]], folder: str) -> list[bool | None]:
    """Return whether the simulator allows each request under its document; None: an error."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as lines:
        for number, (document, request) in enumerate(cases):
            case = {"id": number, "identityPolicies": [document], "request": request}
            if request["action"].lower().startswith(("kms:", "sts:")):
                case["resourcePolicy"] = DELEGATING
            lines.write(json.dumps(case) + "\n")
        lines.seek(0)
        done = subprocess.run(
            ["node", str(DRIVER), folder],
            stdin=lines,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    return [None if "error" in reply else reply["result"] == "Allowed" for reply in replies]


def as_case(request: Request, documents: Sequence[Json]) -> Json:
    """Return a request as the simulator takes it: keys of set operators hold lists."""
    several = _keys_of_sets(documents)
    context = {
        key: list(values) if key in several or len(values) != 1 else values[0]
        for key, values in request.context
    }
    return {
        "principal": request.principal.name if request.principal.name != "*" else CALLER,
        "action": request.action,
        "resource": request.resource,
        "resourceAccount": ACCOUNT,
        # Else the simulator takes the star for a pattern that overlaps with others.
        "wildcardOnlyAction": request.resource == "*",
        "context": context,
    }


def _keys_of_sets(documents: Sequence[Json]) -> set[str]:
    statements = (s for d in documents for s in listed(d["Statement"]))
    blocks = (item for s in statements for item in s.get("Condition", {}).items())
    return {key.lower() for name, block in blocks if ":" in name for key in block}


def unconfirmed(outcomes: Sequence[Outcome], folder: str) -> list[str]:
    """Return the counterexamples that the simulator does not see as such."""
    found = [(o, o.answer.request) for o in outcomes if isinstance(o.answer, Counterexample)]
    cases = []
    for outcome, request in found:
        case = as_case(request, (outcome.first, outcome.second))
        cases += [(outcome.first, case), (outcome.second, case)]
    verdicts = simulate(cases, folder)
    return [
        f"{outcome.name}: {request} is {verdicts[2 * i]} and {verdicts[2 * i + 1]}"
        for i, (outcome, request) in enumerate(found)
        if (verdicts[2 * i], verdicts[2 * i + 1]) != (True, False) and not _explained(outcome)
    ]


def _explained(outcome: Outcome) -> bool:
    statements = listed(outcome.first["Statement"]) + listed(outcome.second["Statement"])
    operators = {name for s in statements for name in s.get("Condition", {})}
    return any(n.startswith("ForAnyValue") and n.endswith("IfExists") for n in operators)


def sample(chosen: Sequence[Pair], seed: int, count: int, folder: str) -> list[Sampled]:
    """Sample requests aimed at every pair, and let both evaluators judge them."""
    asked = [
        (number, request)
        for number, pair in enumerate(chosen)
        for request in aimed((pair.left, pair.right), _chance(seed, pair), count)
    ]
    found = [Sampled(number, request, {}) for number, request in asked]
    for number, pair in enumerate(chosen):
        documents = parse(pair.left), parse(pair.right)
        for one in found[number * count : (number + 1) * count]:
            first, second = (_decided(d, one.request) for d in documents)
            one.allowed["decide"] = first, second
    if folder:
        cases = (
            (document, one.request)
            for one in found
            for document in (chosen[one.pair].left, chosen[one.pair].right)
        )
        verdicts = simulate(cases, folder)
        for i, one in enumerate(found):
            one.allowed["simulator"] = verdicts[2 * i], verdicts[2 * i + 1]
    return found


def _chance(seed: int, pair: Pair) -> random.Random:
    return random.Random(f"{seed} {pair.name}")  # noqa: S311 - cases, not keys


def _decided(document: PolicyDocument, case: Json) -> bool | None:
    """Return whether a document allows a request; None: under one reading only."""
    request = Request.of(
        principal=case["principal"],
        action=case["action"],
        resource=case["resource"],
        context=case["context"],
    )
    access = access_from(document)
    if decide(request, access, "against").outcome == "allowed":
        return True
    return None if decide(request, access, "for").outcome == "allowed" else False


def contradicted(outcomes: Sequence[Outcome], sampled: Sequence[Sampled]) -> Iterator[str]:
    """Yield the proofs that a sampled request contradicts."""
    for one in sampled:
        for backward in (False, True):
            outcome = outcomes[2 * one.pair + backward]
            if not isinstance(outcome.answer, Proof):
                continue
            for judge, answers in one.allowed.items():
                if (answers[::-1] if backward else answers) == (True, False):
                    yield f"{outcome.name}: {judge}: {one.request}"


def not_proved(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the comparisons of documents that are equal by construction with another answer."""
    for outcome in outcomes:
        if outcome.equal and isinstance(outcome.answer, Counterexample):
            yield f"{outcome.name}: {outcome.answer.request}"


def tell(outcomes: Sequence[Outcome], sampled: Sequence[Sampled], memory: float) -> None:
    """Print the table."""
    answers = Counter(type(o.answer).__name__ for o in outcomes)
    undecided = [o for o in outcomes if isinstance(o.answer, Undecided)]
    times = sorted(o.seconds * 1000 for o in outcomes)
    slowest = max(outcomes, key=lambda o: o.seconds)
    print(f"comparisons     {len(outcomes)} of {len(outcomes) // 2} pairs")
    for kind in ("Proof", "Counterexample", "Undecided"):
        print(f"  {kind:14}{answers[kind]:5}  {100 * answers[kind] / len(outcomes):5.1f} %")
    typed = sum(isinstance(o.answer, Counterexample) and o.answer.typed for o in outcomes)
    print(f"  counterexamples with a request that fits AWS's reference: {typed}")
    print(
        f"time            median {statistics.median(times):.2f} ms, "
        f"p95 {times[len(times) * 95 // 100]:.1f} ms, most {times[-1]:.0f} ms"
    )
    print(f"                most: {slowest.name}")
    print(f"peak memory     {memory:.0f} MB")
    print(f"requests        {len(sampled)} sampled")
    for judge in ("decide", "simulator"):
        rows = [(o, a) for s in sampled if (a := s.allowed.get(judge)) for o in (s.pair,)]
        if rows:
            on_proofs = sum(
                isinstance(outcomes[2 * pair + side].answer, Proof) and allowed[side] is True
                for pair, allowed in rows
                for side in (0, 1)
            )
            print(f"  {judge:14}{on_proofs} allowed by the first side of a proof")
    for outcome in undecided:
        print(f"undecided       {outcome.name}: {outcome.answer.reason}")


def main() -> None:
    """Compare, sample, judge and print; exit 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--samples", type=int, default=SAMPLES, help="requests per pair")
    parser.add_argument("--simulator", default=os.environ.get("LEASTWISE_ORACLE", ""))
    options = parser.parse_args()
    chosen = list(pairs(options.seed))

    outcomes = compare_all(chosen)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sampled = sample(chosen, options.seed, options.samples, options.simulator)
    tell(outcomes, sampled, memory)
    if not options.simulator:
        print("no simulator: name its folder with --simulator or LEASTWISE_ORACLE")
    problems = {
        "not confirmed": unconfirmed(outcomes, options.simulator) if options.simulator else [],
        "contradicted": list(contradicted(outcomes, sampled)),
        "equal by construction": list(not_proved(outcomes)),
    }
    for kind, found in problems.items():
        print(f"{kind:22}{len(found)}")
        for line in found:
            print(f"  {line}")
    sys.exit(any(problems.values()))


if __name__ == "__main__":
    main()
