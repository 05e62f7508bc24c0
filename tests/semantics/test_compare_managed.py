"""Compare a sample of the pairs of ``scripts/check_comparisons.py``: real policies and edits."""

import json
import random
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
SEED = 42
CALLER = "arn:aws:iam::123456789012:user/app/bob"


@pytest.fixture(scope="module")
def scripts():
    sys.path.insert(0, str(SCRIPTS))
    import aimed_requests
    import policy_pairs

    yield policy_pairs, aimed_requests
    sys.path.remove(str(SCRIPTS))


@pytest.fixture(scope="module")
def edited(scripts):
    """Return one pair per edit, both documents parsed, with the answers in both directions."""
    from leastwise import implies

    policy_pairs, _ = scripts
    chosen = [p for p in policy_pairs.pairs(SEED, each=1) if p.edit != "cross"]
    parsed = [
        (pair, policy_pairs.parse(pair.left), policy_pairs.parse(pair.right)) for pair in chosen
    ]
    return [(pair, a, b, implies(a, b), implies(b, a)) for pair, a, b in parsed]


def outcome(document, request, unknown):
    from leastwise import Request, decide

    found = Request.of(
        principal=CALLER,
        action=request["action"],
        resource=request["resource"]["resource"],
        context=request["context"],
    )
    return decide(found, document, unknown).outcome


def test_the_same_seed_makes_the_same_pairs(scripts):
    policy_pairs, _ = scripts
    spelled = [json.dumps(list(policy_pairs.pairs(SEED, each=1))) for _ in range(2)]
    assert spelled[0] == spelled[1]


def test_no_sampled_request_contradicts_a_proof(scripts, edited):
    from leastwise import Proof

    _, aimed_requests = scripts
    chance = random.Random(SEED)  # noqa: S311 - cases, not keys
    held = 0
    for pair, left, right, *answers in edited:
        for request in aimed_requests.aimed((pair.left, pair.right), chance, 20):
            for answer, first, second in zip(answers, (left, right), (right, left), strict=True):
                if isinstance(answer, Proof) and outcome(first, request, "against") == "allowed":
                    held += 1
                    assert outcome(second, request, "for") == "allowed", (pair.name, request)
    assert held > 300


def test_policies_that_an_edit_leaves_equal_are_not_told_apart(edited):
    from leastwise import Counterexample

    equal = [(pair.name, answers) for pair, _, _, *answers in edited if pair.equal]
    assert len(equal) == 8
    assert [n for n, found in equal if any(isinstance(x, Counterexample) for x in found)] == []


def test_hardly_a_comparison_of_real_policies_is_undecided(edited):
    from leastwise import Undecided

    answers = [answer for _, _, _, *both in edited for answer in both]
    assert len(answers) == 134
    assert sum(isinstance(answer, Undecided) for answer in answers) <= 2
