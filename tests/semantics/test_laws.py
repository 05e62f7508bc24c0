"""Laws that every comparison must obey, whatever the policies say."""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leastwise.semantics.automaton import Clause, all_cells, least_cells
from leastwise.semantics.compare import disjoint, equivalent, implies
from leastwise.semantics.model import Counterexample, Proof
from leastwise.semantics.pattern import accepts, compile_glob, tokenize

LAWS = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
NAMES = ("*", "a*", "*b", "a", "ab", "a/?", "b")
ACTIONS = ("*", "s3:*", "s3:Get*", "s3:GetObject", "iam:PassRole", "iam:*Role")
CONDITIONS = (
    None,
    {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}},
    {"StringLike": {"aws:RequestedRegion": "eu-*"}},
    {"StringNotLikeIfExists": {"aws:RequestedRegion": "eu-*"}},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"Null": {"aws:SecureTransport": "true"}},
    {"NumericLessThan": {"s3:max-keys": "10"}},
    {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}},
    {"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}},
)


@st.composite
def statements(draw, effect):
    found = {"Effect": effect}
    negated = draw(st.booleans()) and draw(st.booleans())
    actions = draw(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2, unique=True))
    found["NotAction" if negated else "Action"] = actions
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True))
    spared = draw(st.booleans()) and draw(st.booleans())
    found["NotResource" if spared else "Resource"] = [f"arn:aws:s3:::{name}" for name in names]
    condition = draw(st.sampled_from(CONDITIONS))
    if condition is not None:
        found["Condition"] = condition
    return found


allows = statements("Allow")
denies = statements("Deny")
policies = st.builds(
    lambda some, none: some + none,
    st.lists(allows, min_size=1, max_size=3),
    st.lists(denies, max_size=2),
)


@LAWS
@given(policies)
def test_every_policy_allows_what_it_allows(iam, row):
    p = iam.document(row)
    # Other documents of the same meaning: in another order, split in two, said twice.
    turned = iam.document(row[::-1])
    assert isinstance(implies(p, turned), Proof)
    assert isinstance(equivalent(turned, iam.document(row + row[:1])), Proof)


@LAWS
@given(policies, allows)
def test_an_allow_more_never_takes_away(iam, row, added):
    p, q = iam.document(row), iam.document([*row, added])
    assert isinstance(implies(p, q), Proof)


@LAWS
@given(policies, denies)
def test_a_deny_more_never_adds(iam, row, added):
    p, q = iam.document([*row, added]), iam.document(row)
    assert isinstance(implies(p, q), Proof)


@LAWS
@given(policies, policies, policies)
def test_what_implies_what_implies_implies(iam, first, second, third):
    p, q, r = (iam.document(row) for row in (first, second, third))
    if isinstance(implies(p, q), Proof) and isinstance(implies(q, r), Proof):
        assert isinstance(implies(p, r), Proof)


@LAWS
@given(policies, denies, allows)
def test_comparison_is_transitive_along_changes(iam, row, taken, given_):
    less, same, more = (iam.document(r) for r in ([*row, taken], row, [*row, given_]))
    assert isinstance(implies(less, same), Proof)
    assert isinstance(implies(same, more), Proof)
    assert isinstance(implies(less, more), Proof)


@LAWS
@given(policies, policies)
def test_a_boundary_never_adds(iam, row, cap):
    free, bounded = iam.access(row), iam.access(row, boundary=[cap])
    assert isinstance(implies(bounded, free), Proof)
    assert isinstance(implies(bounded, iam.access(cap)), Proof)


@LAWS
@given(policies, policies)
def test_every_layer_that_caps_only_takes_away(iam, row, cap):
    free = iam.access(row)
    for more in (
        {"session": (iam.policy(cap, "session"),)},
        {"scps": ((iam.policy(cap, "scp"),),)},
        {"rcps": ((iam.policy(cap, "rcp"),),)},
        {"endpoint": (iam.policy(cap, "endpoint"),)},
    ):
        assert isinstance(implies(iam.access(row, **more), free), Proof)


@LAWS
@given(policies, policies)
def test_what_a_policy_denies_is_disjoint_from_it(iam, row, cut):
    denied = [{**s, "Effect": "Deny"} for s in cut if s["Effect"] == "Allow"]
    allowed = [s for s in cut if s["Effect"] == "Allow"]
    assert isinstance(disjoint(iam.document(row + denied), iam.document(allowed)), Proof)


@LAWS
@given(policies, policies)
def test_disjoint_and_implies_agree(iam, first, second):
    p, q = iam.document(first), iam.document(second)
    there, apart, back = implies(p, q), disjoint(p, q), disjoint(q, p)
    assert type(apart) is type(back)
    if isinstance(there, Proof) and isinstance(apart, Proof):
        # p within q and apart from q: p allows nothing at all.
        assert isinstance(disjoint(p, p), Proof)


@LAWS
@given(policies, policies)
def test_counterexamples_are_what_they_say(iam, first, second):
    p, q = iam.document(first), iam.document(second)
    answer = implies(p, q)
    if isinstance(answer, Counterexample):
        assert iam.decide(answer.request, iam.access(p)).outcome == "allowed"
        assert iam.decide(answer.request, iam.access(q)).outcome != "allowed"
        assert all(d.policy.document == p for d in answer.deciding)


STRINGS = tuple("".join(s) for length in range(4) for s in product("ab/", repeat=length))
globs = st.text(alphabet="ab/*?", max_size=5)


def _matching(glob):
    compiled = compile_glob(tokenize((glob,)) or ())
    return frozenset(s for s in STRINGS if accepts(compiled, (s,)))


def _reference(glob, text):
    """Match by definition, one character of the glob at a time."""
    if not glob:
        return not text
    if glob[0] == "*":
        return any(_reference(glob[1:], text[i:]) for i in range(len(text) + 1))
    return bool(text) and glob[0] in ("?", text[0]) and _reference(glob[1:], text[1:])


@LAWS
@given(globs)
def test_globs_match_by_definition(glob):
    assert _matching(glob) == {s for s in STRINGS if _reference(glob, s)}


@LAWS
@given(st.lists(globs, min_size=1, max_size=3, unique=True))
def test_cells_are_all_combinations_of_globs(rows):
    clauses = tuple(Clause((compile_glob(tokenize((row,)) or ()),)) for row in rows)
    matching = [_matching(row) for row in rows]
    seen = {sum(1 << i for i, m in enumerate(matching) if s in m) for s in STRINGS}
    cells = all_cells(clauses)
    assert cells.complete
    assert seen <= {mask for mask, _ in cells.found}
    for mask, value in cells.found:
        assert mask == sum(
            1 << i for i, row in enumerate(rows) if _reference(row, "".join(map(str, value)))
        )


@LAWS
@given(globs, st.lists(globs, min_size=1, max_size=3))
def test_a_string_is_found_outside_of_globs_where_there_is_one(inside, outside):
    must = Clause((compile_glob(tokenize((inside,)) or ()),))
    avoid = Clause(tuple(compile_glob(tokenize((g,)) or ()) for g in outside))
    found = least_cells((must,), (avoid,)).found
    left = _matching(inside) - frozenset().union(*map(_matching, outside))
    if left:
        assert found[0][0] == 0
    for mask, value in found:
        text = "".join(map(str, value))
        assert _reference(inside, text)
        assert (mask == 0) == (not any(_reference(g, text) for g in outside))


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_equivalent_pair_is_told_which_side_allows_more(iam, side):
    more = iam.document({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    less = iam.document({"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"})
    answer = equivalent(*((more, less) if side == "left" else (less, more)))
    assert isinstance(answer, Counterexample)
    assert answer.reversed is (side == "right")
