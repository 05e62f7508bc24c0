"""Have an independent simulator confirm the calls of proven steps, in chains of random accounts.

The simulator (npm ``@cloud-copilot/iam-simulate``) runs as a process of its own; the variable
``LEASTWISE_ORACLE`` names a folder in which ``npm install`` was run with
``tests/semantics/oracle/package.json``. ``scripts/compare_chains_with_simulator.py`` does the same
with any number of accounts, and with trees.
"""

import os
from functools import cache

import pytest
from tests.graph.accounts import account
from tests.graph.simulated import calls_of, steps_of
from tests.semantics import known_differences
from tests.semantics.simulator import Simulator

from leastwise.graph.closure.reach import graph_of

ORACLE = os.environ.get("LEASTWISE_ORACLE", "")
ACCOUNTS = 20


@cache
def sampled():
    """Return the calls of the proven steps of all principals of some random accounts."""
    return tuple(_calls())


def _calls():
    for seed in range(1_000, 1_000 + ACCOUNTS):
        one = account(seed)
        graph = graph_of(one.project(), one.config())
        steps = (s for n in range(len(one.people)) for s in steps_of(graph, n))
        for step in dict.fromkeys(steps):
            yield from calls_of(graph, step)


def test_every_call_of_a_proven_step_is_proven_and_spelled_out():
    calls = sampled()
    assert [call for call in calls if call.case is None] == []
    assert len(calls) > 150
    assert len({call.step.path for call in calls}) > 15


@pytest.mark.needs("node")
@pytest.mark.skipif(not ORACLE, reason="LEASTWISE_ORACLE names no folder with the simulator")
def test_simulator_allows_every_call_of_a_proven_step():
    cases = [call.case for call in sampled()]
    with Simulator(ORACLE) as simulator:
        verdicts = simulator.judge(cases)
        differing = [
            (one, "Allowed")
            for one, verdict in zip(cases, verdicts, strict=True)
            if verdict != "Allowed"
        ]
        found = known_differences.explained(differing, simulator.judge)
    assert [one for (one, _), names in zip(differing, found, strict=True) if names is None] == []
