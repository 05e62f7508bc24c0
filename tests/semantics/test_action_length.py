"""A megabyte of an action matches nothing and costs nothing."""

import time

import pytest

from leastwise.semantics.action_length import MAX_ACTION
from leastwise.semantics.actions import action_index
from leastwise.semantics.readings import action_matches


@pytest.mark.parametrize("unit", ["a", "a*", "?", "a?"])
def test_a_glob_longer_than_any_name_matches_none_quickly(unit):
    glob = "s3:" + unit * (1_000_000 // len(unit))
    start = time.process_time()
    assert action_index().bits(glob) == 0
    assert action_matches((glob,), "s3:GetObject") is False
    assert time.process_time() - start < 0.5


def test_stars_are_not_counted_as_characters():
    assert action_matches(("s3:" + "*" * 10_000,), "s3:GetObject") is True


def test_no_known_name_is_near_the_limit():
    names = action_index().names(action_index().everything)
    assert max(map(len, names)) * 40 < MAX_ACTION
