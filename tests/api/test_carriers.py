"""Which parts of a question the resources of a tree take, held against enumeration."""

from itertools import product

import pytest

from leastwise.api.carriers import Carrier, holds, parts_of
from leastwise.iam.policy import Pattern, PolicyDocument
from leastwise.iam.project import Policy
from leastwise.semantics.model import EffectiveAccess, RequestPattern
from leastwise.semantics.pattern import accepts, compile_glob, tokenize
from leastwise.source.value import Symbol

WORDS = ["".join(row) for length in range(5) for row in product("ab/", repeat=length)]
GLOBS = ["".join(row) for length in range(1, 4) for row in product("ab*?", repeat=length)]
POLICY = Policy("p", "policy", "resource", PolicyDocument(()), "concrete", None)


def matched(glob: str) -> frozenset[str]:
    compiled = compile_glob(tokenize((glob,)) or ())
    return frozenset(word for word in WORDS if accepts(compiled, (word,)))


def asking(glob: str) -> RequestPattern:
    return RequestPattern(resources=(Pattern((glob,)),))


MATCHED = {glob: matched(glob) for glob in GLOBS}


def test_what_a_glob_holds_it_matches():
    for wide, narrow in product(GLOBS, repeat=2):
        if holds(Pattern((wide,)), Pattern((narrow,))):
            assert MATCHED[narrow] <= MATCHED[wide], (wide, narrow)


def test_no_request_is_lost_between_the_parts():
    for asked, name in product(GLOBS, ["a", "ab", "b", "aab"]):
        carrier = Carrier("r", Pattern((name,)), POLICY)
        parts = list(parts_of(EffectiveAccess(), asking(asked), (carrier,)))
        own = {name, f"{name}/a", f"{name}/b"} & MATCHED[asked]
        reached = {
            word
            for part in parts
            if part.carrier is not None
            for pattern in part.pattern.resources or ()
            for word in matched(str(pattern))
        }
        assert own <= reached, (asked, name)
        alone = [part for part in parts if part.carrier is None]
        assert alone or MATCHED[asked] <= {name} | {w for w in WORDS if w.startswith(f"{name}/")}


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        ("arn:aws:s3:::data", [("arn:aws:s3:::data", True, True)]),
        ("arn:aws:s3:::data/x/*", [("arn:aws:s3:::data/x/*", True, True)]),
        ("arn:aws:s3:::other/*", [("arn:aws:s3:::other/*", False, True)]),
        (
            "arn:aws:s3:::d*",
            [
                ("arn:aws:s3:::d*", False, True),
                ("arn:aws:s3:::data", True, True),
                ("arn:aws:s3:::data/*", True, True),
                ("arn:aws:s3:::data:*", True, True),
            ],
        ),
    ],
)
def test_question_is_split_at_the_resources_of_the_tree(asked, parts):
    carrier = Carrier("bucket", Pattern(("arn:aws:s3:::data",)), POLICY)
    found = parts_of(EffectiveAccess(), asking(asked), (carrier,))
    assert [
        (str(*part.pattern.resources or ()), part.access.resource is POLICY, part.exact)
        for part in found
    ] == parts


@pytest.mark.parametrize("asked", ["arn:aws:s3:::x", "arn:aws:s3:::x/*"])
def test_resource_of_an_unknown_name_may_be_the_one_that_is_asked_for(asked):
    name = Symbol("name", "var.name")
    carrier = Carrier("bucket", Pattern(("arn:aws:s3:::", name)), POLICY)
    found = list(parts_of(EffectiveAccess(), asking(asked), (carrier,)))
    assert {part.exact for part in found if part.carrier is carrier} == {False}
    assert any(part.carrier is None for part in found)
