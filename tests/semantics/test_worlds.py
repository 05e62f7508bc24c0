"""Which worlds some assumptions span."""

import pytest

from leastwise.semantics.worlds import worlds
from leastwise.source.value import Assumption


def outcomes(*assumptions):
    return [tuple(a.outcome for a in world.assumptions) for world in worlds(assumptions)]


@pytest.mark.parametrize(
    ("known", "mentioned", "expected"),
    [
        ((), ("true",), [("true",), ("false",)]),
        ((), ("true", "false"), [("true",), ("false",)]),
        ((), ("a", "b"), [("a",), ("b",), ("another",)]),
        (("a", "b"), ("a", "b"), [("a",), ("b",)]),
        (("a", "b", "c", "d"), ("a", "b"), [("a",), ("b",), ("c",)]),
        (("true", "false", "another"), ("true", "false"), [("true",), ("false",), ("another",)]),
    ],
)
def test_a_test_has_the_outcomes_that_are_known_or_one_more(known, mentioned, expected):
    assumptions = [Assumption("x", outcome, f"x is {outcome}", known) for outcome in mentioned]
    assert outcomes(*assumptions) == expected


def test_more_than_sixteen_worlds_are_one_union():
    tests = [Assumption(f"x{i}", "true", f"x{i}") for i in range(5)]
    (world,) = worlds(tests)
    assert world.merged
