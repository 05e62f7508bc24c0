"""Fn::Select, Fn::Length, Fn::GetAZs and Fn::FindInMap.

Sources: the pages of these functions in the AWS CloudFormation template reference.
"""

from collections.abc import Callable

from leastwise.frontends.cloudformation.evaluation.call import TOO_MANY_WORLDS, Call
from leastwise.frontends.cloudformation.evaluation.condition_formulas import (
    atom_of,
    atom_test,
    variable_of,
)
from leastwise.frontends.cloudformation.evaluation.conditions import known_atoms
from leastwise.frontends.cloudformation.evaluation.outcomes import MAX_ROWS, outcomes, settle
from leastwise.frontends.cloudformation.evaluation.worlds import (
    glob_of_any,
    is_null,
    may_be_null,
    spread,
)
from leastwise.frontends.cloudformation.scope.formulas import REST, Variable
from leastwise.frontends.cloudformation.scope.state import ABSENT, as_text
from leastwise.source.text import glob_of
from leastwise.source.value import (
    Assumption,
    Choice,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

_MAX_INDEX_DIGITS = 9


def select(call: Call) -> Value:
    """Return one item of a list by its index, which counts from 0."""
    pair = call.items(2)
    if not pair:
        return call.misused()

    def build(world: tuple[Value, ...]) -> Value:
        chosen, listed = world
        index = None if chosen is ABSENT else as_text(chosen)
        if index is None or not isinstance(listed, (Sequence, Unknown)):
            return call.misused()
        if isinstance(listed, Unknown):
            return call.unknown(f"the list is not known: {listed.reason}", listed.symbol.glob)
        return _present(listed, lambda items: _selected(items, listed.tail, index, call), call)

    result = spread((call.evaluate(pair[0]), call.evaluate(pair[1])), build)
    return call.unknown(TOO_MANY_WORLDS) if result is None else result


def _selected(items: tuple[Value, ...], tail: Symbol | None, index: Text, call: Call) -> Value:
    number = index.literal
    if number is None:
        glob = "*" if tail is not None or not items else glob_of_any(items)
        return call.unknown("which item of the list is selected is not known", glob)
    is_number = number.isascii() and number.isdigit() and len(number) <= _MAX_INDEX_DIGITS
    if not is_number:
        return call.misused()
    if int(number) < len(items):
        return items[int(number)]
    if tail is not None:
        return call.unknown(tail.reason or "the list is not known as a whole", tail.glob)
    return call.unknown(f"the list has no item {number}, it has {len(items)}")


def length(call: Call) -> Value:
    """Return how many items a list has."""

    def build(world: tuple[Value, ...]) -> Value:
        listed = world[0]
        if not isinstance(listed, Sequence) or listed.tail is not None:
            return call.unknown("the list is not known as a whole")
        return _present(listed, lambda items: Scalar(len(items), call.raw.span), call)

    result = spread((call.evaluate(call.argument),), build)
    return call.unknown(TOO_MANY_WORLDS) if result is None else result


def _present(listed: Sequence, build: Callable[[tuple[Value, ...]], Value], call: Call) -> Value:
    """Work on the items of a list that are there, in each world that removes others of them."""
    doubtful = [index for index, item in enumerate(listed.items) if may_be_null(item)]

    def fill(world: tuple[Value, ...]) -> Value:
        members = list(listed.items)
        for index, value in zip(doubtful, world, strict=True):
            members[index] = value
        return build(tuple(item for item in members if not is_null(item)))

    result = spread(tuple(listed.items[index] for index in doubtful), fill)
    return call.unknown(TOO_MANY_WORLDS) if result is None else result


def availability_zones(call: Call) -> Value:
    """Return a list that is not known, of names that begin with their region's.

    Source: "Regions and Zones", Amazon EC2 User Guide: us-east-1a, us-west-2-lax-1a.
    """
    text = call.text(call.argument)
    if text is None or text.pieces == ():
        text = call.scope.environment.text("region")
    reason = "which zones there are differs by account"
    return Sequence((), call.raw.span, call.unknown(reason, f"{glob_of(text)}*").symbol)


def find_in_map(call: Call) -> Value:
    """Look a value up in the Mappings section by two keys, else take the DefaultValue.

    A key that is not known selects among the rows where there are few.
    """
    items = call.items(3, 4)
    table = call.text(items[0]) if items else None
    if table is None:
        return call.misused()
    rows = call.scope.template.mappings.get(table.literal or "")
    if rows is None:
        name = table.literal
        spelled = "which mapping is looked up is not known" if name is None else (
            f"the template has no mapping {name!r}")  # fmt: skip
        return call.unknown(spelled)
    otherwise = _default(items[3:], call)

    def build(world: tuple[Value, ...]) -> Value:
        first, second = (None if key is ABSENT else as_text(key) for key in world)
        if first is None or second is None:
            return call.misused()
        return _by_key(first, rows, lambda row: _by_second(row, second, otherwise, call), call)

    result = spread((call.evaluate(items[1]), call.evaluate(items[2])), build)
    return call.unknown(TOO_MANY_WORLDS) if result is None else result


def _default(options: tuple[Value, ...], call: Call) -> Value | None:
    found = options[0].get("DefaultValue") if options and isinstance(options[0], Mapping) else None
    return None if found is None else call.evaluate(found)


def _by_second(row: Value | None, key: Text, otherwise: Value | None, call: Call) -> Value:
    def finish(found: Value | None) -> Value:
        if isinstance(found, (Text, Scalar, Sequence)):
            return found
        if found is None and otherwise is not None:
            return otherwise
        return call.unknown("the mapping has no such key, or what it holds is no value")

    if not isinstance(row, Mapping):
        return finish(None)
    return _by_key(key, row, finish, call)


def _by_key(key: Text, rows: Mapping, build: Callable[[Value | None], Value], call: Call) -> Value:
    """Look one key up; where it is not known, in each world in which it is one of the rows'."""
    if key.literal is not None:
        return build(rows.get(key.literal))
    variable = variable_of(key, call.scope)
    fitting = ((atom_of(key, name.literal or ""), v) for name, v in rows.entries)
    atoms = {atom: value for atom, value in fitting if atom is not None}
    if call.scope.tests.reading:
        worlds = _each_atom(variable, atoms, call)
    else:
        settle(call.scope)
        worlds = _each_outcome(variable, atoms, call)
    found = [(assumption, build(row), row is None) for assumption, row in worlds]
    # CloudFormation refuses a key that no row has: that world is none, unless a default is given.
    kept = tuple((a, v) for a, v, missing in found if not missing or not isinstance(v, Unknown))
    if not kept:
        values = tuple(build(value) for _, value in rows.entries)
        return call.unknown("the key that is looked up is not known", glob_of_any(values))
    return kept[0][1] if len(kept) == 1 else Choice(kept, call.raw.span)


def _each_outcome(
    variable: Variable, rows: dict[str, Value], call: Call
) -> list[tuple[Assumption, Value | None]]:
    """Return the row of each outcome that is left; none at all where one has several rows."""
    assumed = known_atoms(call.scope).get(variable.id)
    found: list[tuple[Assumption, Value | None]] = []
    for outcome in outcomes(variable):
        named = [atom for atom in outcome.atoms if atom in rows]
        if named and len(outcome.atoms) > 1:
            return []
        if assumed is None or assumed == outcome.atoms:
            found.append((outcome.assumption, rows[named[0]] if named else None))
    seen = frozenset(variable.atoms)
    return found if seen.issuperset(rows) else []


def _each_atom(
    variable: Variable, rows: dict[str, Value], call: Call
) -> list[tuple[Assumption, Value | None]]:
    """Return the row of each string, while the conditions are read that are to be told apart."""
    if len(rows) > MAX_ROWS or variable.fixed:
        return []
    if any(atom_test(variable, atom, call.scope) is None for atom in rows):
        return []
    found: list[tuple[Assumption, Value | None]] = [
        (Assumption(variable.id, atom, variable.words), row) for atom, row in rows.items()
    ]
    return [*found, (Assumption(variable.id, REST, variable.words), None)]
