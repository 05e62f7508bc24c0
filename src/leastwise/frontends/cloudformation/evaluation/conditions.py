"""Decide the conditions of a template, and split what depends on them into worlds.

Source: "Condition functions", AWS CloudFormation template reference. What a condition tests and
is not known is assumed, one outcome of one value at a time, so that conditions that exclude each
other, or follow from each other, never hold against each other. A condition that would need more
than 16 worlds is followed as one test that is true or false.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from leastwise.frontends.cloudformation.evaluation.condition_formulas import (
    assumption_of,
    condition_named,
    formula_of,
)
from leastwise.frontends.cloudformation.evaluation.outcomes import outcomes, settle
from leastwise.frontends.cloudformation.scope.formulas import (
    Atoms,
    Formula,
    joined,
    judge,
    negated,
    variables_of,
)
from leastwise.frontends.cloudformation.scope.state import Scope
from leastwise.iam.worlds import MAX_WORLDS
from leastwise.source.span import Span
from leastwise.source.value import Assumption, Choice, Value

MAX_STEPS = 128
"""How many worlds are looked at to say whether a condition is always, never or sometimes true."""
_EITHER = frozenset({True, False})

Known: TypeAlias = dict[str, Atoms]


class Holding(NamedTuple):
    """Say where a condition holds: all of ``when``, and what to assume while that is so."""

    when: tuple[Assumption, ...]
    assumed: dict[str, str]


class Branches(NamedTuple):
    """Hold what Fn::If chooses between, evaluated in each world of its own."""

    then: Callable[[], Value]
    otherwise: Callable[[], Value]


def truth(name: str, scope: Scope) -> bool | None:
    """Return whether a condition holds: always, or in the branch at hand; None: it may."""
    formula = formula_of(name, scope)
    if isinstance(formula, bool) or scope.tests.reading:
        return formula if isinstance(formula, bool) else None
    settle(scope)
    return _only(_truths(name, scope, known_atoms(scope)))


def holding(name: str, scope: Scope) -> Holding | None:
    """Return the worlds in which a condition holds, or None where it never does.

    One conjunction of outcomes where that says it all; else the condition is a test of its own,
    and what contradicts it is pruned inside.
    """
    known = truth(name, scope)
    if known is not None:
        return Holding((), dict(scope.assumed)) if known else None
    found = _conjunction(name, scope)
    if found is None:
        found = (assumption_of(name, scope, holds=True),)
    return Holding(found, scope.assumed | {a.id: a.outcome for a in found})


def possible(when: tuple[Assumption, ...], scope: Scope) -> bool:
    """Say whether assumptions can hold together, as far as the conditions of a stack tell."""
    before = scope.assumed
    scope.assumed = {a.id: a.outcome for a in when}
    try:
        given = _assumed_conditions(scope)
        known = known_atoms(scope)
        return bool(_ways(True, joined(given, decisive=False), known, scope))
    finally:
        scope.assumed = before


def chosen(name: str, branches: Branches, scope: Scope, span: Span | None) -> Value:
    """Return what Fn::If gives: one of its values, or a choice of them by what is not known."""
    known = truth(name, scope)
    if known is not None:
        return branches.then() if known else branches.otherwise()
    tests = scope.tests
    before, leaves = tests.room, 0
    if before > 1 and not tests.reading:
        leaves = _leaves(name, scope, known_atoms(scope), before)
    try:
        if 0 < leaves <= before:
            tests.room = before // leaves
            return _split(name, branches, scope, span)
        return _whole(name, branches, scope, span)
    finally:
        tests.room = before


def _split(name: str, branches: Branches, scope: Scope, span: Span | None) -> Value:
    """Follow one variable after the other until the condition is decided."""
    known = known_atoms(scope)
    decided = _only(_truths(name, scope, known))
    if decided is not None:
        return branches.then() if decided else branches.otherwise()
    variable = _next(formula_of(name, scope), known)
    if variable is None:
        return _whole(name, branches, scope, span)
    alternatives: list[tuple[Assumption, Value]] = []
    before = scope.assumed
    for assumption in _possible(variable, name, scope, known):
        scope.assumed = before | {assumption.id: assumption.outcome}
        try:
            value = _split(name, branches, scope, span)
        finally:
            scope.assumed = before
        alternatives.append((assumption, value))
    return alternatives[0][1] if len(alternatives) == 1 else Choice(tuple(alternatives), span)


def _whole(name: str, branches: Branches, scope: Scope, span: Span | None) -> Value:
    """Follow a condition as one test.

    SOUND: over-approximates; that it excludes other conditions is known inside of it only.
    """
    alternatives: list[tuple[Assumption, Value]] = []
    before = scope.assumed
    for holds, branch in ((True, branches.then), (False, branches.otherwise)):
        assumption = assumption_of(name, scope, holds=holds)
        scope.assumed = before | {assumption.id: assumption.outcome}
        try:
            alternatives.append((assumption, branch()))
        finally:
            scope.assumed = before
    return Choice(tuple(alternatives), span)


def _leaves(name: str, scope: Scope, known: Known, room: int) -> int:
    """Count the worlds that decide a condition; more than ``room`` is any larger number."""
    if _only(_truths(name, scope, known)) is not None:
        return 1
    variable = _next(formula_of(name, scope), known)
    if variable is None:
        return MAX_WORLDS + 1
    count = 0
    for assumption in _possible(variable, name, scope, known):
        inner = known | _atoms(assumption, scope)
        count += _leaves(name, scope, inner, room - count)
        if count > room:
            break
    return count


def _conjunction(name: str, scope: Scope) -> tuple[Assumption, ...] | None:
    """Return the outcomes that a condition comes to; None when several lead to it."""
    found: list[Assumption] = []
    known = known_atoms(scope)
    while _only(_truths(name, scope, known)) is None:
        variable = _next(formula_of(name, scope), known)
        ways = [] if variable is None else [
            assumption
            for assumption in _possible(variable, name, scope, known)
            if True in _truths(name, scope, known | _atoms(assumption, scope))
        ]  # fmt: skip
        if len(ways) != 1:
            return None
        found.append(ways[0])
        known = known | _atoms(ways[0], scope)
    return tuple(found)


def _possible(variable: str, name: str, scope: Scope, known: Known) -> list[Assumption]:
    """Return the outcomes of a variable that nothing assumed excludes."""
    return [
        outcome.assumption
        for outcome in outcomes(scope.tests.variables[variable])
        if _truths(name, scope, known | {variable: outcome.atoms})
    ]


def _truths(name: str, scope: Scope, known: Known) -> frozenset[bool]:
    """Return what a condition may be in the worlds left: none when what is assumed can't be.

    SOUND: over-approximates; after 128 worlds it may be either.
    """
    formula = formula_of(name, scope)
    given = _concerning(formula, _assumed_conditions(scope), known)
    return _ways(formula, given, known, scope)


def _ways(formula: Formula, given: Formula, known: Known, scope: Scope) -> frozenset[bool]:
    """Return what a formula may be where another one holds."""
    found: set[bool] = set()
    stack, steps = [known], 0
    while stack and len(found) < 2:
        current = stack.pop()
        steps += 1
        fits, holds = judge(given, current), judge(formula, current)
        if fits is False:
            continue
        if fits and holds is not None:
            found.add(holds)
            continue
        if holds in found:
            continue
        variable = _next(formula, current) if holds is None else None
        variable = variable or _next(given, current)
        if variable is None or steps > MAX_STEPS:
            return _EITHER
        options = outcomes(scope.tests.variables[variable])
        stack += [{**current, variable: o.atoms} for o in reversed(options)]
    return frozenset(found)


def _concerning(formula: Formula, assumed: tuple[Formula, ...], known: Known) -> Formula:
    """Return what is assumed of conditions that bears on a formula.

    What shares no variable with it can hold whatever the formula is: it did when it was assumed.
    """
    asked = {name for name in variables_of(formula) if name not in known}
    left = [(one, {name for name in variables_of(one) if name not in known}) for one in assumed]
    found = [one for one, names in left if not names]
    left = [pair for pair in left if pair[1]]
    while True:
        near = [pair for pair in left if pair[1] & asked]
        if not near:
            return joined(found, decisive=False)
        found += [one for one, _ in near]
        asked.update(*(names for _, names in near))
        left = [pair for pair in left if pair not in near]


def _assumed_conditions(scope: Scope) -> tuple[Formula, ...]:
    """Return the formulas of conditions that are assumed as a whole in the branch at hand."""
    found: list[Formula] = []
    for variable, outcome in scope.assumed.items():
        name = condition_named(variable, scope)
        if name is not None:
            formula = formula_of(name, scope)
            found.append(formula if outcome == "true" else negated(formula))
    return tuple(found)


def known_atoms(scope: Scope) -> dict[str, Atoms]:
    """Return the atoms of the variables that are assumed here and in the stacks around."""
    found: dict[str, Atoms] = {}
    around: Scope | None = scope
    while around is not None:
        for name, outcome in around.assumed.items():
            variable = scope.tests.variables.get(name)
            for one in outcomes(variable) if variable is not None else ():
                if one.assumption.outcome == outcome:
                    found[name] = one.atoms
        around = around.parent
    return found


def _atoms(assumption: Assumption, scope: Scope) -> dict[str, Atoms]:
    options = outcomes(scope.tests.variables[assumption.id])
    return {assumption.id: next(o.atoms for o in options if o.assumption == assumption)}


def _next(formula: Formula, known: Known) -> str | None:
    return next((name for name in variables_of(formula) if name not in known), None)


def _only(truths: frozenset[bool]) -> bool | None:
    """Return what is the only possibility; in a world that can't be, nothing holds."""
    if len(truths) == 2:
        return None
    return True in truths
