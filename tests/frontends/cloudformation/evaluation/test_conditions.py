"""Conditions as assumptions: the worlds that come out are those that exist."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leastwise.config.model import Config
from leastwise.frontends import cloudformation
from leastwise.frontends.cloudformation.evaluation.conditions import holding, possible, truth
from leastwise.frontends.cloudformation.evaluation.intrinsics import evaluate, root_scope
from leastwise.frontends.cloudformation.scope.environment import Environment
from leastwise.frontends.cloudformation.syntax.recognise import read_template
from leastwise.frontends.cloudformation.syntax.template import template_of
from leastwise.iam.project import Root
from leastwise.iam.resolution import plain
from leastwise.iam.worlds import worlds
from leastwise.source.tree import MemoryTree

PATH = "stack.yaml"


def scope_of(text, **environment):
    body = read_template(PATH, text.encode()).body
    return root_scope(template_of(PATH, body), Environment(PATH, **environment))


def value_of(text, name="V", **environment):
    """Return the value of the property V of the resource R."""
    scope = scope_of(text, **environment)
    raw = scope.template.resources["R"].properties.get(name)
    return evaluate(raw, scope)


def found_worlds(value):
    """Return what a value is in each of its worlds, with what is assumed there."""
    parts, capped = worlds(value, ())
    assert not capped
    return [(" and ".join(a.text for a in when), plain(part)) for when, part in parts]


HEAD = """
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Env: {Type: String}
  Bucket: {Type: String}
  Stage: {Type: String, Default: prod}
  Size: {Type: String, AllowedValues: [small, large]}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsDev: !Equals [dev, !Ref Env]
  NotProd: !Not [!Condition IsProd]
  Managed: !Or [!Condition IsProd, !Condition IsDev]
  HasBucket: !Not [!Equals [!Ref Bucket, '']]
  Both: !And [!Condition IsProd, !Condition HasBucket]
  Known: !Equals [!Ref Stage, prod]
  Never: !And [!Condition IsProd, !Condition IsDev]
  Always: !Or [!Condition IsProd, !Condition NotProd]
  Europe: !Equals [!Ref 'AWS::Region', eu-west-1]
  Large: !Equals [!Ref Size, large]
  Same: !Equals [!Ref Env, !Ref Bucket]
  AlsoSame: !Equals [!Ref Bucket, !Ref Env]
  Prefixed: !Equals [!Sub 'app-${Env}', app-prod]
  Unfitting: !Equals [!Sub 'app-${Env}', web-prod]
  Circle: !Not [!Condition Circle]
  First: !Not [!Condition Second]
  Second: !Not [!Condition First]
  Choosing: !Equals [!If [IsProd, a, b], a]
Resources:
  R:
    Type: AWS::SNS::Topic
    Properties:
      V: """


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!If [Known, a, b]", [("", "a")]),
        ("!If [Never, a, b]", [("", "b")]),
        ("!If [Always, a, b]", [("", "a")]),
        ("!If [Unfitting, a, b]", [("", "b")]),
        (
            "!If [IsProd, a, b]",
            [("parameter Env is 'prod'", "a"), ("parameter Env is not 'prod'", "b")],
        ),
        (
            "!If [NotProd, a, b]",
            [("parameter Env is 'prod'", "b"), ("parameter Env is not 'prod'", "a")],
        ),
        (
            "[!If [IsProd, a, b], !If [IsDev, c, d]]",
            [
                ("parameter Env is 'prod'", ["a", "d"]),
                ("parameter Env is 'dev'", ["b", "c"]),
                ("parameter Env is none of 'prod', 'dev'", ["b", "d"]),
            ],
        ),
        (
            "!If [Managed, a, b]",
            [
                ("parameter Env is 'prod' or 'dev'", "a"),
                ("parameter Env is none of 'prod', 'dev'", "b"),
            ],
        ),
        (
            "!If [Both, a, b]",
            [
                ("parameter Env is 'prod' and parameter Bucket is ''", "b"),
                ("parameter Env is 'prod' and parameter Bucket is not ''", "a"),
                ("parameter Env is not 'prod'", "b"),
            ],
        ),
        (
            "!If [IsProd, !If [NotProd, x, y], !If [Both, x, z]]",
            [("parameter Env is 'prod'", "y"), ("parameter Env is not 'prod'", "z")],
        ),
        (
            "!If [Europe, a, b]",
            [("AWS::Region is 'eu-west-1'", "a"), ("AWS::Region is not 'eu-west-1'", "b")],
        ),
        (
            "[!If [Large, a, b], !Ref Size]",
            [("parameter Size is 'small'", ["b", "small"]),
             ("parameter Size is 'large'", ["a", "large"])],
        ),
        (
            "[!If [Same, a, b], !If [AlsoSame, a, b]]",
            [
                ("${Bucket} equals ${Env}", ["a", "a"]),
                ("${Bucket} does not equal ${Env}", ["b", "b"]),
            ],
        ),
        (
            "[!If [Prefixed, a, b], !If [IsProd, a, b]]",
            [
                ("parameter Env is 'prod'", ["a", "a"]),
                ("parameter Env is not 'prod'", ["b", "b"]),
            ],
        ),
        (
            "[!If [Choosing, a, b], !If [IsProd, a, b]]",
            [
                ("parameter Env is 'prod'", ["a", "a"]),
                ("parameter Env is not 'prod'", ["b", "b"]),
            ],
        ),
        (
            "!If [Circle, a, b]",
            [("condition Circle is true", "a"), ("condition Circle is false", "b")],
        ),
        (
            "!If [First, a, b]",
            [("condition First is true", "a"), ("condition First is false", "b")],
        ),
        (
            "!If [Undeclared, a, b]",
            [("condition Undeclared is true", "a"), ("condition Undeclared is false", "b")],
        ),
    ],
)  # fmt: skip
def test_what_depends_on_conditions_has_the_worlds_that_exist(expression, expected):
    assert found_worlds(value_of(HEAD + expression + "\n")) == expected


def test_a_known_region_decides_the_conditions_on_it():
    text = HEAD + "!If [Europe, a, b]\n"
    assert plain(value_of(text, region="eu-west-1")) == "a"
    assert plain(value_of(text, region="us-east-1")) == "b"


def test_a_condition_is_read_alike_whatever_is_assumed_when_it_is_first_asked_for():
    scope = scope_of(HEAD + "!If [IsProd, !If [HasBucket, a, b], !If [IsDev, c, d]]\n")
    evaluate(scope.template.resources["R"].properties.get("V"), scope)
    assert truth("IsDev", scope) is None
    assert truth("HasBucket", scope) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Known", []),
        ("IsProd", ["parameter Env is 'prod'"]),
        ("NotProd", ["parameter Env is not 'prod'"]),
        ("Both", ["parameter Env is 'prod'", "parameter Bucket is not ''"]),
        ("Never", None),
    ],
)
def test_a_resource_condition_is_the_conjunction_that_it_comes_to(name, expected):
    scope = scope_of(HEAD + "!If [IsProd, a, !If [HasBucket, a, b]]\n")
    found = holding(name, scope)
    assert (found if found is None else [a.text for a in found.when]) == expected


def test_inside_a_condition_that_several_ways_lead_to_contradictions_are_pruned():
    text = HEAD + "[!If [IsProd, a, b], !If [IsDev, c, d]]\n"
    scope = scope_of(text)
    held = holding("Managed", scope)
    assert [a.text for a in held.when] == ["condition Managed is true"]
    scope.assumed = held.assumed
    value = evaluate(scope.template.resources["R"].properties.get("V"), scope)
    assert found_worlds(value) == [
        ("parameter Env is 'prod'", ["a", "d"]),
        ("parameter Env is 'dev'", ["b", "c"]),
    ]


def odd_of(names):
    """Return the condition that an odd number of parameters is ``x``."""
    odd = f"!Equals [!Ref {names[0]}, x]"
    for name in names[1:]:
        test = f"!Equals [!Ref {name}, x]"
        odd = f"!Or [!And [{odd}, !Not [{test}]], !And [!Not [{odd}], {test}]]"
    return odd


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!If [Odd, a, b]", ["a", "b"]),
        ("!If [Odd, !If [Odd, a, b], !If [Odd, c, d]]", ["a", "d"]),
        ("!If [Odd, !If [Even, a, b], !If [Even, c, d]]", ["b", "c"]),
    ],
)
def test_a_condition_of_many_values_is_followed_as_one_test(expression, expected):
    names = [f"P{i}" for i in range(6)]
    parameters = "".join(f"  {n}: {{Type: String}}\n" for n in names)
    text = (
        f"Parameters:\n{parameters}Conditions:\n  Odd: {odd_of(names)}\n"
        "  Even: !Not [!Condition Odd]\nResources:\n"
        f"  R: {{Type: 'AWS::SNS::Topic', Properties: {{V: {expression}}}}}\n"
    )
    assert found_worlds(value_of(text)) == [
        ("condition Odd is true", expected[0]),
        ("condition Odd is false", expected[1]),
    ]


def test_eight_regions_are_one_test():
    regions = ["us-east-1", "us-east-2", "us-west-1", "us-west-2",
               "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1"]  # fmt: skip
    tests = ", ".join(f"!Equals [!Ref 'AWS::Region', {r}]" for r in regions)
    text = (
        f"Conditions:\n  Known: !Or [{tests}]\nResources:\n"
        "  R: {Type: 'AWS::SNS::Topic', Properties: {V: !If [Known, a, b]}}\n"
    )
    assert [part for _, part in found_worlds(value_of(text))] == ["a", "b"]


def test_long_chains_of_conditions_are_read_without_recursion():
    chain = "".join(f"  C{i}: !Not [!Condition C{i + 1}]\n" for i in range(3000))
    text = (
        f"Parameters:\n  P: {{Type: String}}\nConditions:\n{chain}"
        "  C3000: !Equals [!Ref P, x]\nResources:\n"
        "  R: {Type: 'AWS::SNS::Topic', Properties: {V: !If [C0, a, b]}}\n"
    )
    assert found_worlds(value_of(text)) == [
        ("parameter P is 'x'", "a"),
        ("parameter P is not 'x'", "b"),
    ]


def test_conditions_that_each_use_the_one_before_twice_take_no_exponential_time():
    chain = "".join(
        f"  C{i}: !And [!Condition C{i + 1}, !Or [!Condition C{i + 1}, !Condition D{i}]]\n"
        f"  D{i}: !Equals [!Ref P{i}, x]\n"
        for i in range(60)
    )
    parameters = "".join(f"  P{i}: {{Type: String}}\n" for i in range(61))
    text = (
        f"Parameters:\n{parameters}Conditions:\n{chain}  C60: !Equals [!Ref P60, x]\nResources:\n"
        "  R: {Type: 'AWS::SNS::Topic', Properties: {V: !If [C0, a, b]}}\n"
    )
    assert {part for _, part in found_worlds(value_of(text))} == {"a", "b"}


def test_nested_choices_of_different_values_stay_bounded():
    depth = 40
    expression = "z"
    for i in reversed(range(depth)):
        expression = f"!If [C{i}, v{i}, {expression}]"
    parameters = "".join(
        f"  P{i}: {{Type: String}}\n  Q{i}: {{Type: String}}\n" for i in range(depth)
    )
    conditions = "".join(
        f"  C{i}: !And [!Equals [!Ref P{i}, x], !Equals [!Ref Q{i}, x]]\n" for i in range(depth)
    )
    text = (
        f"Parameters:\n{parameters}Conditions:\n{conditions}Resources:\n"
        f"  R:\n    Type: AWS::SNS::Topic\n    Properties:\n      V: {expression}\n"
    )
    parts, capped = worlds(value_of(text), ())
    assert capped
    assert len(parts) <= 16


VALUES = ("x", "y")
TESTED = [(p, v) for p in ("A", "B") for v in VALUES]


@st.composite
def condition_sets(draw):
    """Draw conditions as trees: a test, a reference to an earlier one, not, and, or."""
    leaf = st.sampled_from(TESTED).map(lambda t: ("equals", *t))
    found = []
    for index in range(draw(st.integers(1, 5))):
        earlier = st.integers(0, index - 1).map(lambda i: ("named", i)) if index else leaf
        tree = st.recursive(
            st.one_of(leaf, earlier),
            lambda inner: st.one_of(
                inner.map(lambda t: ("not", t)),
                st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)),
            ),
            max_leaves=5,
        )
        found.append(draw(tree))
    return found


def spelled(tree):
    match tree:
        case ("equals", name, value):
            return f"!Equals [!Ref {name}, {value}]"
        case ("named", index):
            return f"!Condition C{index}"
        case ("not", inner):
            return f"!Not [{spelled(inner)}]"
        case (operator, inner):
            return f"!{operator.capitalize()} [{', '.join(map(spelled, inner))}]"


def judged(tree, world, trees):
    match tree:
        case ("equals", name, value):
            return world[name] == value
        case ("named", index):
            return judged(trees[index], world, trees)
        case ("not", inner):
            return not judged(inner, world, trees)
        case ("and", inner):
            return all(judged(t, world, trees) for t in inner)
        case ("or", inner):
            return any(judged(t, world, trees) for t in inner)


def template(trees, guard=None):
    conditions = "".join(f"  C{i}: {spelled(tree)}\n" for i, tree in enumerate(trees))
    asked = ", ".join(f"!If [C{i}, 't', 'f']" for i in range(len(trees)))
    condition = f"    Condition: C{guard}\n" if guard is not None else ""
    return (
        "Parameters:\n  A: {Type: String}\n  B: {Type: String}\n"
        f"Conditions:\n{conditions}Resources:\n  R:\n    Type: AWS::SNS::Topic\n{condition}"
        f"    Properties:\n      V: [{asked}]\n"
    )


def brute_force(trees):
    choices = (*VALUES, "another")
    for a, b in itertools.product(choices, choices):
        yield tuple("t" if judged(t, {"A": a, "B": b}, trees) else "f" for t in trees)


@settings(max_examples=60, deadline=None)
@given(condition_sets())
def test_the_worlds_of_conditions_are_those_of_their_truth_table(trees):
    found = {tuple(part) for _, part in found_worlds(value_of(template(trees)))}
    assert found == set(brute_force(trees))


@settings(max_examples=50, deadline=None)
@given(condition_sets())
def test_the_worlds_inside_a_resource_are_those_in_which_it_exists(trees):
    guard = len(trees) - 1
    scope = scope_of(template(trees, guard))
    held = holding(f"C{guard}", scope)
    expected = {row for row in brute_force(trees) if row[guard] == "t"}
    if held is None:
        assert expected == set()
        return
    scope.assumed = held.assumed
    value = evaluate(scope.template.resources["R"].properties.get("V"), scope)
    parts, _ = worlds(value, held.when)
    found = {tuple(plain(part)) for when, part in parts if possible(when, scope)}
    assert found == expected


def test_a_statement_that_no_world_has_is_left_out():
    text = """
Parameters: {A: {Type: String}, B: {Type: String}}
Conditions:
  First: !Equals [!Ref A, x]
  Second: !Equals [!Ref B, x]
  Either: !Or [!Condition First, !Condition Second]
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Condition: Either
    Properties:
      PolicyDocument:
        Statement:
          - Effect: Allow
            Action: !If [First, 'a:*', 'b:*']
            Resource: !If [Second, c, d]
"""
    root = Root("cloudformation", PATH)
    project = cloudformation.load(root, MemoryTree({PATH: text.encode()}), Config())
    found = [
        (s.actions.globs[0].literal, s.resources.globs[0].literal)
        for s in project.policies[0].document.statements
    ]
    assert found == [("a:*", "c"), ("a:*", "d"), ("b:*", "c")]


SIZES = """
Parameters:
  Size: {Type: String, AllowedValues: [xs, s, m, l, xl]}
Conditions:
  Small: !Or [!Equals [!Ref Size, xs], !Equals [!Ref Size, s]]
  Tiny: !Equals [!Ref Size, xs]
Resources:
  R:
    Type: AWS::SNS::Topic
    Properties:
      V: """


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (
            "!If [Small, a, b]",
            [("parameter Size is 'xs' or 's'", "a"), ("parameter Size is none of 'xs', 's'", "b")],
        ),
        (
            "[!If [Small, a, b], !If [Tiny, c, d]]",
            [
                ("parameter Size is 'xs'", ["a", "c"]),
                ("parameter Size is 's'", ["a", "d"]),
                ("parameter Size is none of 'xs', 's'", ["b", "d"]),
            ],
        ),
        (
            "[!If [Tiny, c, d], !Sub '${Size}']",
            [
                ("parameter Size is 'xs'", ["c", "xs"]),
                ("parameter Size is 's'", ["d", "s"]),
                ("parameter Size is 'm'", ["d", "m"]),
                ("parameter Size is 'l'", ["d", "l"]),
                ("parameter Size is 'xl'", ["d", "xl"]),
            ],
        ),
    ],
)
def test_allowed_values_that_only_conditions_ask_for_are_grouped(expression, expected):
    assert found_worlds(value_of(SIZES + expression + "\n")) == expected
