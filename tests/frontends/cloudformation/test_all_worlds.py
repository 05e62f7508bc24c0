"""Compare what is said of a template with what it comes to for each of its parameters."""

import json
from itertools import product

import pytest
from tests.frontends.cloudformation.worlds import ACTIONS, TAG, TARGETS, Maker, allowed, worlds

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Root
from leastwise.semantics.access import allows
from leastwise.semantics.effective import access_of
from leastwise.semantics.model import RequestPattern
from leastwise.source.tree import MemoryTree

REQUESTS = tuple(product(ACTIONS, TARGETS, (None, "v")))


def asked(action, target, tag):
    values = None if tag is None else (Pattern((tag,)),)
    return RequestPattern((action,), (Pattern((target,)),), context=((TAG.lower(), values),))


def contradictions(seed):
    """Return the requests of which something is said that is wrong for some parameters."""
    template = Maker(seed).template()
    tree = MemoryTree({"t.json": json.dumps(template).encode()})
    project = cloudformation.load(Root("cloudformation", "t.json"), tree, Config())
    found = [p for p in project.principals if p.address == "R"]
    everywhere = list(worlds(template))
    wrong = []
    for request in REQUESTS if everywhere else ():
        outcomes = {allowed(held, boundary, request) for _, held, boundary in everywhere}
        said = allows(access_of(found[0]), asked(*request)).certainty
        if (said == "proven" and False in outcomes) or (said == "no" and True in outcomes):
            wrong.append((said, request))
    return wrong


@pytest.mark.parametrize("seed", range(24))
def test_what_is_proven_holds_for_all_parameters_and_what_is_not_for_none(seed):
    assert contradictions(seed) == []
