"""Work out, for one condition key, which conditions its values can meet together.

A key is absent, or holds a value or a set of values. Of the values only what each condition says
of them matters (``candidates``), and of a set only what an operator makes of its elements:
ForAllValues asks for all of them, ForAnyValue for one.

Operators without a set qualifier are for keys that hold one value, so a key that no other tests
holds one, unless AWS says that it holds several. What they make of several values AWS leaves
open. In the typed space they then hold as far as the reading of their term goes; in the untyped
space they are read in three ways, each for all conditions on the key: one value suffices, all
must match, they never hold.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, TypeAlias

from leastwise.iam.policy import Condition, Pattern
from leastwise.semantics.candidates import Elements, Nature, elements
from leastwise.semantics.conditions import Values, key_of
from leastwise.semantics.operators import NEGATED
from leastwise.semantics.pattern import Pieces, tokenize, widen
from leastwise.semantics.readings import matches
from leastwise.semantics.remembered import by_identity
from leastwise.semantics.space import (
    DOMAINS,
    SEVERAL,
    TIMES,
    Asked,
    Presence,
    Space,
    holds_several,
    presence,
)
from leastwise.semantics.terms import Reading, Term, TermRow

TOO_MANY_SETS = "the values of one key can be put together in too many ways"
_MOST_SETS = 512
_MOST_TRUTHS = 16

_Several: TypeAlias = Literal["by term", "any", "all", "never"]
"""How several values are read by an operator without a set qualifier."""
_EMPTY: Values = (("",),)


class Options(NamedTuple):
    """Hold values under which all positive terms hold, with the avoided terms that then fail.

    Bit i of the first of a pair: the i-th avoided term fails. ``missing`` says why there may be
    more.
    """

    found: tuple[tuple[int, Values | None], ...]
    missing: str = ""


class Fixed(NamedTuple):
    """Hold the one value of a key."""

    value: Pieces


class _Test(NamedTuple):
    """Hold one condition as one term reads it; equal ones give equal answers."""

    condition: Condition
    reading: Reading
    term: Term


class _Tests(NamedTuple):
    """Hold the tests on one key; what terms need of them are bit sets of their numbers.

    ``alike`` are those of one condition, which stands in terms that are read differently.
    ``fixed``: the key has one value.
    """

    tests: tuple[_Test, ...]
    positive: int
    avoided: tuple[int, ...]
    alike: tuple[int, ...]
    cost: int
    fixed: bool = False

    @property
    def full(self) -> int:
        """Return the avoided terms that can fail by this key."""
        return sum(1 << i for i, tests in enumerate(self.avoided) if tests)

    def fails(self, met: int) -> int | None:
        """Return the avoided terms that fail when the tests ``met`` are met; None: others do."""
        if self.positive & ~met:
            return None
        return sum(1 << i for i, tests in enumerate(self.avoided) if tests & ~met)


def options(
    space: Space, asked: Asked, key: str, fixed: Fixed | None, terms: tuple[TermRow, TermRow]
) -> Options:
    """Return what values of a key do to the positive and the avoided terms."""
    present = presence(space, key, asked)
    name = (key, fixed, present, *terms)
    known = space.memory.get(name)
    if not isinstance(known, Options):
        tests = _gather(key, *terms)._replace(fixed=fixed is not None)
        known = _options(space, key, fixed, present, tests)
        space.memory[name] = known
    return known


def _options(
    space: Space, key: str, fixed: Fixed | None, present: Presence, tests: _Tests
) -> Options:
    found: dict[int, Values | None] = {}
    if present != "always" and fixed is None:
        _add(found, tests.fails(_met(space, tests, None)), None)
    if present == "never":
        return Options(tuple(found.items()))
    values = _elements(space, key, fixed, tests)
    met: dict[int, Pieces] = {}
    for value in values.found:
        if space.effort.spent:
            return Options(tuple(found.items()), values.missing or TOO_MANY_SETS)
        bits = _met(space, tests, (value,))
        for settled in (bits,) if space.typed else _settled(tests, bits):
            met.setdefault(settled, value)
    for bits, value in met.items():
        _add(found, tests.fails(bits), (value,))
    cut = fixed is None and not _add_sets(space, key, tests, (met, found))
    return Options(tuple(found.items()), values.missing or (TOO_MANY_SETS if cut else ""))


def _add_sets(
    space: Space,
    key: str,
    tests: _Tests,
    values: tuple[dict[int, Pieces], dict[int, Values | None]],
) -> bool:
    """Add what sets of values do; False: there are too many."""
    met, found = values
    if not space.typed and not space.required(key):
        for bits in _met_empty(space, tests):
            _add(found, tests.fails(bits), _EMPTY)
    if tests.full in found:
        return True
    added = [_sets(tests, met, several, found) for several in _readings(space, key, tests)]
    return all(added)


def _add(found: dict[int, Values | None], fails: int | None, values: Values | None) -> None:
    if fails is not None:
        found.setdefault(fails, values)


def _met(space: Space, tests: _Tests, values: Values | None) -> int:
    space.effort.spend(tests.cost)
    met = (t.term.meets(t.condition, values, fixed=tests.fixed) for t in tests.tests)
    return sum(1 << i for i, holds in enumerate(met) if holds)


def _settled(tests: _Tests, met: int) -> list[int]:
    """Return what a value can meet when one condition has one truth, wherever it stands.

    Tests of one condition differ where its truth is not known; then it is true or false for all
    of them.
    """
    found = [met]
    for alike in tests.alike:
        if met & alike not in (0, alike) and len(found) < _MOST_TRUTHS:
            found = [truth for bits in found for truth in (bits | alike, bits & ~alike)]
    return found


def _met_empty(space: Space, tests: _Tests) -> list[int]:
    """Return what an empty string meets where ForAllValues takes it for no value at all."""
    rows = enumerate(t.condition.operator.quantifier for t in tests.tests)
    passed = sum(1 << i for i, quantifier in rows if quantifier == "ForAllValues")
    return _settled(tests, _met(space, tests, _EMPTY) | passed) if passed else []


@by_identity(maxsize=4096)
def _by_key(conditions: tuple[Condition, ...]) -> dict[str, list[Condition]]:
    rows: dict[str, list[Condition]] = {}
    for condition in conditions:
        key = key_of(condition)
        if key is not None:
            rows.setdefault(key, []).append(condition)
    return rows


def _gather(key: str, positive: TermRow, avoided: TermRow) -> _Tests:
    numbers: dict[object, int] = {}
    tests: list[_Test] = []

    def bits(term: Term) -> int:
        found = 0
        for condition in _by_key(term.conditions).get(key, ()):
            name = (condition, term.reading, term.lookup)
            if name not in numbers:
                numbers[name] = len(tests)
                tests.append(_Test(condition, term.reading, term))
            found |= 1 << numbers[name]
        return found

    needed = 0
    for term in positive:
        needed |= bits(term)
    row = tuple(bits(term) for term in avoided)
    same: dict[object, int] = {}
    for number, test in enumerate(tests):
        name = (test.condition, test.term.lookup is None)
        same[name] = same.get(name, 0) | 1 << number
    alike = tuple(bits for bits in same.values() if bits.bit_count() > 1)
    cost = 1 + sum(_cost(t.condition) for t in tests)
    return _Tests(tuple(tests), needed, row, alike, cost)


def _cost(condition: Condition) -> int:
    return 5 + sum(20 + 3 * len(str(value)) for value in condition.values)


def _elements(space: Space, key: str, fixed: Fixed | None, tests: _Tests) -> Elements:
    if fixed is not None:
        found = Elements((fixed.value,))
    elif space.typed and key in DOMAINS:
        found = Elements(tuple((value,) for value in DOMAINS[key]))
    else:
        earliest = space.as_of if space.typed and key in TIMES else None
        nature = Nature(space.typed, earliest, epoch=key == "aws:epochtime")
        tested = tuple((t.condition, t.term.lookup) for t in tests.tests)
        demanded = space.required(key) or ()
        found = elements(tuple(dict.fromkeys(tested)), demanded, nature, space.effort)
    required = space.required(key)
    if not required:
        return found
    return found._replace(found=tuple(v for v in found.found if _demanded(space, required, v)))


def _demanded(space: Space, required: tuple[Pattern, ...], value: Pieces) -> bool:
    for pattern in required:
        row = tokenize(pattern.pieces) or ()
        truth = matches(row, widen(row), value)
        if truth or (truth is None and space.wide):
            return True
    return False


def _readings(space: Space, key: str, tests: _Tests) -> tuple[_Several, ...]:
    """Return how sets of values are to be read; nothing where the key holds one value only."""
    operators = [t.condition.operator for t in tests.tests]
    quantified = [bool(o.quantifier) for o in operators if o.name != "Null"]
    if space.typed:
        return ("by term",) if holds_several(key) and any(quantified) else ()
    if not any(quantified) and key not in SEVERAL:
        return ()
    return ("by term",) if all(quantified) else ("any", "all", "never")


def _each(tests: _Tests, several: _Several) -> int:
    """Return the tests that a set of values meets when each of them does; the rest need one."""
    return sum(1 << i for i, t in enumerate(tests.tests) if _needs_each(t, several))


def _needs_each(test: _Test, several: _Several) -> bool:
    operator = test.condition.operator
    if operator.name == "Null" or several == "never":
        needs = True
    elif several == "by term":
        needs = not test.reading.wide
    else:
        needs = (several == "all") is (operator.name not in NEGATED)
    return {"ForAllValues": True, "ForAnyValue": False}.get(operator.quantifier or "", needs)


def _sets(
    tests: _Tests, met: dict[int, Pieces], several: _Several, found: dict[int, Values | None]
) -> bool:
    """Add what sets of two and more values do; False: there are too many.

    Sets of ``need`` values suffice: of any set keep one value for each test of positive terms
    that needs one, and for each avoided term that fails by a test that each value must meet one
    that does not. What each value met, each of these meets; what none met, none of these does.
    """
    each = _each(tests, several)
    need = (tests.positive & ~each).bit_count() + sum(bool(t & each) for t in tests.avoided)
    usable = {bits: value for bits, value in met.items() if not tests.positive & each & ~bits}
    states: dict[int, Values] = {bits: (value,) for bits, value in usable.items()}
    latest = list(states)
    for _ in range(1, min(need, len(usable))):
        before, latest = latest, []
        for state, bits in _pairs(before, usable):
            joined = (state & bits & each) | ((state | bits) & ~each)
            if joined not in states:
                states[joined] = (*states[state], usable[bits])
                latest.append(joined)
            if len(states) > _MOST_SETS:
                return False
    for state, values in states.items():
        if len(values) > 1:
            _add(found, tests.fails(state), values)
    return True


def _pairs(left: Iterable[int], right: Iterable[int]) -> Iterator[tuple[int, int]]:
    yield from ((a, b) for a in left for b in right)
