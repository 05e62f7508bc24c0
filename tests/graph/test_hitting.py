"""The smallest choice that hits every set, and what ends every way, against brute force."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leastwise.graph.answers.hitting import end_all, smallest

SETS = st.lists(st.frozensets(st.integers(0, 6), min_size=1, max_size=4), max_size=9)


def rank(member):
    return 1 << member  # sums are unlike


def by_brute_force(sets):
    """Return all choices of the least size that hit every set, the lowest ranks first."""
    members = sorted(frozenset().union(*sets))
    for size in range(len(members) + 1):
        found = [c for c in combinations(members, size) if all(s & set(c) for s in sets)]
        if found:
            return sorted(found, key=lambda c: sum(map(rank, c)))
    return []


@given(SETS)
def test_the_choice_is_the_smallest_and_of_the_lowest_ranks(sets):
    found = smallest(sets, rank)
    assert found.chosen == by_brute_force(sets)[0]
    assert found.least == len(found.chosen)


@given(SETS, st.integers(0, 4))
def test_a_search_that_stops_early_promises_no_more_than_it_knows(sets, most):
    found = smallest(sets, rank, most=most)
    assert all(s & set(found.chosen) for s in sets)
    assert found.least <= len(by_brute_force(sets)[0]) <= len(found.chosen)


@given(SETS, st.integers(1, 3))
def test_ways_that_are_found_one_by_one_end_with_the_same_choice(sets, at_once):
    def ways(gone):
        return [s for s in sets if not s & gone][:at_once]

    found = end_all(ways, rank, rounds=50)
    assert found.is_smallest
    assert len(found.chosen) == len(by_brute_force(sets)[0])


@given(SETS, st.integers(0, 2))
def test_few_rounds_still_end_every_way(sets, rounds):
    asked = []

    def ways(gone):
        asked.append(gone)
        return [s for s in sets if not s & gone][:1]

    found = end_all(ways, rank, rounds=rounds, more=20)
    assert all(s & set(found.chosen) for s in sets)
    assert found.least <= len(by_brute_force(sets)[0]) <= len(found.chosen)


def test_a_way_that_rests_on_nothing_has_no_end():
    def ways(gone):
        return [frozenset()] if not gone else []

    found = end_all(ways, rank)
    assert found.chosen is None
    assert found.endless
    assert not found.is_smallest


def test_ways_that_never_end_are_given_up():
    found = end_all(lambda gone: [frozenset([len(gone)])], rank, rounds=3, more=3)
    assert found.chosen is None
    assert not found.endless
    assert found.least == 3


@pytest.mark.parametrize("size", [12, 40])
def test_many_alike_sets_are_no_trouble(size):
    sets = [frozenset([n, n + size, 2 * size]) for n in range(size)]
    assert smallest(sets, lambda member: member).chosen == (2 * size,)
