"""Compare ``decide`` with an independent simulator on random cases over all layers.

The simulator (npm ``@cloud-copilot/iam-simulate``) runs as a process of its own; the variable
``LEASTWISE_ORACLE`` names a folder in which ``npm install`` was run with ``oracle/package.json``.
``scripts/compare_with_simulator.py`` does the same with any number of cases, and reports.
"""

import json
import os
import random
from collections import Counter

import pytest
from tests.semantics import known_differences, random_cases
from tests.semantics.simulator import Simulator

from leastwise.api.questions.cases import answer

ORACLE = os.environ.get("LEASTWISE_ORACLE", "")
CASES = 4_000
SEED = 20


@pytest.mark.needs("node")
@pytest.mark.skipif(not ORACLE, reason="LEASTWISE_ORACLE names no folder with the simulator")
def test_disagreements_with_the_simulator_are_all_known():
    chance = random.Random(SEED)  # noqa: S311 - cases, not keys
    cases = list(random_cases.cases(chance, CASES))
    ours = [answer(json.dumps(one).encode(), 0).result for one in cases]
    with Simulator(ORACLE) as simulator:
        theirs = simulator.judge(cases)
        differing = [
            (one, mine)
            for one, mine, other in zip(cases, ours, theirs, strict=True)
            if mine != other
        ]
        found = known_differences.explained(differing, simulator.judge)
    unknown = [one for (one, _), names in zip(differing, found, strict=True) if names is None]
    assert unknown == []
    assert len(differing) < CASES // 7


def test_random_cases_have_every_outcome_often():
    chance = random.Random(SEED)  # noqa: S311 - cases, not keys
    cases = random_cases.cases(chance, 1_000)
    outcomes = Counter(answer(json.dumps(one).encode(), 0).result for one in cases)
    assert set(outcomes) == {"Allowed", "ImplicitlyDenied", "ExplicitlyDenied"}
    assert min(outcomes.values()) > 150
