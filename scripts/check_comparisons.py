"""Check ``implies`` on pairs of real policies, both directions, and print a small table.

``python scripts/check_comparisons.py [--simulator FOLDER]``. The pairs are those of
``policy_pairs``. Checked is that

- every counterexample is allowed by the first document and not by the second, says the
  independent simulator of ``tests/semantics/oracle``. FOLDER (default: the environment variable
  LEASTWISE_ORACLE) is where ``npm install`` was run with that folder's package.json; ``node``
  must be on PATH. Without FOLDER the evaluator of the package judges alone.
- no proof is contradicted by a request sampled by ``aimed_requests``, say both.
- pairs that allow the same by construction are not told apart.

What is wrong is listed, and the exit code is then 1. What one of the differences explains that
``tests/semantics/known_differences.py`` names, with AWS's pages, is counted apart.
"""

import argparse
import json
import os
import random
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.semantics import known_differences
from tests.semantics.simulator import Simulator

from aimed_requests import CALLER, aimed
from leastwise import Counterexample, Proof, Request, Undecided
from leastwise.api.questions.cases import Answered, answer
from leastwise.iam.policy import PolicyDocument
from leastwise.semantics.compare import implies
from leastwise.semantics.decide import decide
from leastwise.semantics.given import access_of
from leastwise.semantics.model import Comparison
from policy_edits import ACCOUNT, Json, listed
from policy_pairs import SEED, Pair, pairs, parse

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
    """Hold one comparison: whether all that the first allows, the second allows.

    ``seconds`` of the processor: the machine may be doing other things.
    """

    name: str
    first: Json
    second: Json
    equal: bool
    answer: Comparison
    seconds: float


class Sampled(NamedTuple):
    """Hold a request for a pair, and whether ``decide`` allows it for the two documents.

    None: under one reading only.
    """

    pair: int
    request: Json
    allowed: tuple[bool | None, bool | None]


class Claim(NamedTuple):
    """Hold a request that shows that an outcome is a counterexample, or no proof."""

    outcome: Outcome
    request: Json

    def __str__(self) -> str:
        """Spell the claim for people."""
        return f"{self.outcome.name}: {self.request}"


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
    start = time.process_time()
    answer = implies(left, right)
    seconds = time.process_time() - start
    first, second = (pair.right, pair.left) if backward else (pair.left, pair.right)
    name = f"{pair.name} ({'right in left' if backward else 'left in right'})"
    return Outcome(name, first, second, pair.equal, answer, seconds)


def case_of(document: Json, request: Json) -> Json:
    """Return the case of a request under one document."""
    case: Json = {"identityPolicies": [document], "request": request}
    if request["action"].lower().startswith(("kms:", "sts:")):
        case["resourcePolicy"] = DELEGATING
    return case


def as_plain(request: Request, documents: Sequence[Json]) -> Json:
    """Return a request as the simulator takes it: keys of set operators hold lists."""
    several = _keys_of_sets(documents)
    context = {
        key: list(values) if key in several or len(values) != 1 else values[0]
        for key, values in request.context
    }
    return {
        "principal": request.principal.name if request.principal.name != "*" else CALLER,
        "action": request.action,
        "resource": {"resource": request.resource, "accountId": ACCOUNT},
        # Else the simulator takes the star for a pattern that overlaps with others.
        "wildcardOnlyAction": request.resource == "*",
        "context": context,
    }


def _keys_of_sets(documents: Sequence[Json]) -> set[str]:
    statements = (s for d in documents for s in listed(d["Statement"]))
    blocks = (item for s in statements for item in s.get("Condition", {}).items())
    return {key.lower() for name, block in blocks if ":" in name for key in block}


def show(claims: Sequence[Claim], simulator: Simulator) -> list[bool]:
    """Say of each claim whether the simulator allows the request by the first document only."""
    verdicts = simulator.judge(
        [case_of(d, c.request) for c in claims for d in (c.outcome.first, c.outcome.second)]
    )
    pairs_of = zip(verdicts[::2], verdicts[1::2], strict=True)
    return [first == "Allowed" and second.endswith("Denied") for first, second in pairs_of]


def explained(claims: Sequence[Claim], simulator: Simulator) -> list[bool]:
    """Say of each claim whether a known difference explains what the simulator says of it."""
    cases = [case_of(d, c.request) for c in claims for d in (c.outcome.first, c.outcome.second)]
    ours = [verdict_of(case) for case in cases]
    theirs = simulator.judge(cases)
    differing = [i for i in range(len(cases)) if ours[i] != theirs[i]]
    names = known_differences.explained([(cases[i], ours[i]) for i in differing], simulator.judge)
    why = dict(zip(differing, names, strict=True))
    return [
        bool(why.keys() & {2 * i, 2 * i + 1})
        and None not in (why.get(2 * i, ()), why.get(2 * i + 1, ()))
        for i in range(len(claims))
    ]


def verdict_of(case: Json) -> str:
    """Return our own verdict on a case."""
    reply = answer(json.dumps(case).encode(), 0)
    return reply.result if isinstance(reply, Answered) else f"refused: {reply.error}"


def counterexamples(outcomes: Sequence[Outcome]) -> list[Claim]:
    """Return the requests that ``implies`` gave."""
    return [
        Claim(o, as_plain(o.answer.request, (o.first, o.second)))
        for o in outcomes
        if isinstance(o.answer, Counterexample)
    ]


def sample(chosen: Sequence[Pair], seed: int, count: int) -> Iterator[Sampled]:
    """Yield requests aimed at every pair, with what ``decide`` says of them."""
    for number, pair in enumerate(chosen):
        documents = parse(pair.left), parse(pair.right)
        for request in aimed((pair.left, pair.right), _chance(seed, pair), count):
            first, second = (_decided(document, request) for document in documents)
            yield Sampled(number, request, (first, second))


def _chance(seed: int, pair: Pair) -> random.Random:
    return random.Random(f"{seed} {pair.name}")  # noqa: S311 - cases, not keys


def _decided(document: PolicyDocument, case: Json) -> bool | None:
    """Return whether a document allows a request; None: under one reading only."""
    request = Request.of(
        principal=case["principal"],
        action=case["action"],
        resource=case["resource"]["resource"],
        context=case["context"],
    )
    access = access_of(document)
    if decide(request, access, "against").outcome == "allowed":
        return True
    return None if decide(request, access, "for").outcome == "allowed" else False


def on_proofs(
    outcomes: Sequence[Outcome], sampled: Sequence[Sampled]
) -> Iterator[tuple[Claim, tuple[bool | None, bool | None]]]:
    """Yield the requests to hold against each proof, with what ``decide`` says of both sides."""
    for one in sampled:
        for backward in (False, True):
            outcome = outcomes[2 * one.pair + backward]
            if isinstance(outcome.answer, Proof):
                allowed = one.allowed[::-1] if backward else one.allowed
                yield Claim(outcome, one.request), allowed


def not_proved(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the comparisons of documents that are equal by construction with another answer."""
    for outcome in outcomes:
        if outcome.equal and isinstance(outcome.answer, Counterexample):
            yield f"{outcome.name}: {outcome.answer.request}"


def tell(outcomes: Sequence[Outcome], memory: float) -> None:
    """Print the answers, the times and the memory."""
    answers = Counter(type(o.answer).__name__ for o in outcomes)
    times = sorted(o.seconds * 1000 for o in outcomes)
    slowest = max(outcomes, key=lambda o: o.seconds)
    print(f"{'comparisons':24}{len(outcomes)} of {len(outcomes) // 2} pairs")
    for kind in ("Proof", "Counterexample", "Undecided"):
        print(f"  {kind:22}{answers[kind]:5}  {100 * answers[kind] / len(outcomes):5.1f} %")
    typed = sum(isinstance(o.answer, Counterexample) and o.answer.typed for o in outcomes)
    print(f"  {'fit AWS reference':22}{typed:5}  of the counterexamples")
    figures = (
        f"median {statistics.median(times):.2f} ms, p95 {times[len(times) * 95 // 100]:.1f} ms"
    )
    print(f"{'time':24}{figures}, most {times[-1]:.0f} ms ({slowest.name})")
    print(f"{'peak memory':24}{memory:.0f} MB")
    for outcome in outcomes:
        if isinstance(outcome.answer, Undecided):
            print(f"{'undecided':24}{outcome.name}: {outcome.answer.reason}")


def against_simulator(
    given: list[Claim], held: list[Claim], simulator: Simulator
) -> dict[str, list[Claim]]:
    """Return counterexamples that are none, and proofs with one, by the simulator."""
    shown = show(given, simulator)
    doubted = [claim for claim, yes in zip(given, shown, strict=True) if not yes]
    against = [claim for claim, yes in zip(held, show(held, simulator), strict=True) if yes]
    found = {}
    for name, claims in (("not confirmed", doubted), ("contradicted by simulator", against)):
        known = explained(claims, simulator)
        print(f"{name:28}{len(claims)}, of which explained {sum(known)}")
        found[name] = [claim for claim, yes in zip(claims, known, strict=True) if not yes]
    return found


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
    tell(outcomes, memory)
    sampled = list(sample(chosen, options.seed, options.samples))
    held = list(on_proofs(outcomes, sampled))
    problems: dict[str, Sequence[object]] = {
        "contradicted by decide": [claim for claim, allowed in held if allowed == (True, False)],
        "equal, told apart": list(not_proved(outcomes)),
    }
    print(f"{'requests':24}{len(sampled)} sampled, {len(held)} times held against a proof,")
    print(f"{'':24}{sum(a is True for _, (a, _) in held)} times allowed by its first side")
    if options.simulator:
        with Simulator(options.simulator) as simulator:
            claims = [claim for claim, _ in held]
            problems |= against_simulator(counterexamples(outcomes), claims, simulator)
    else:
        print("no simulator: name its folder with --simulator or LEASTWISE_ORACLE")
    print("not explained:")
    for kind, found in problems.items():
        print(f"  {kind:26}{len(found)}")
        for claim in found:
            print(f"    {claim}")
    sys.exit(any(problems.values()))


if __name__ == "__main__":
    main()
