"""Settle which outcomes of a value that is not known are told apart.

Two strings that all conditions in use, and all mappings that are looked up, treat alike need no
worlds of their own: ``Fn::Or`` of eight regions is one test with two outcomes.
"""

from collections.abc import Iterator

from leastwise.frontends.cloudformation.evaluation.condition_formulas import (
    atom_of,
    atom_test,
    formula_of,
    variable_of,
)
from leastwise.frontends.cloudformation.evaluation.mentions import (
    evaluated_sections,
    mappings,
    references,
)
from leastwise.frontends.cloudformation.scope.formulas import (
    REST,
    Atoms,
    Formula,
    Junction,
    Negation,
    Outcome,
    Test,
    Tests,
    Variable,
    joined,
    judge,
    negated,
    nodes,
)
from leastwise.frontends.cloudformation.scope.state import ABSENT, Scope, as_text
from leastwise.source.value import Assumption, Mapping, Sequence, Text

MAX_ROWS = 8
"""How many rows of a mapping are told apart where the key is not known."""
_MANY = "\0"


def settle(scope: Scope) -> None:
    """Give the variables of a stack their outcomes, once all its conditions are read."""
    tests = scope.tests
    if tests.settled or tests.reading:
        return
    names = dict.fromkeys(_used_conditions(scope))
    roots = [formula_of(name, scope) for name in names]
    tests.reading += 1
    for argument in _lookups(scope):
        _add_rows(argument, scope)
    tests.reading -= 1
    _loosen(scope)
    signatures: dict[str, list[tuple[Atoms, ...]]] = dict(tests.rows)
    for root in roots:
        for variable, holds in _single(root, tests):
            signatures.setdefault(variable, []).append((holds,))
    tests.settled = True
    for one in tests.variables.values():
        _group(one, signatures.get(one.id, []))
    for name, formula in tests.formulas.items():
        tests.formulas[name] = _normal(formula, tests)


def _loosen(scope: Scope) -> None:
    """Let the allowed values of a parameter be grouped where only conditions ask for it.

    Where anything else does, each value is a world of its own already.
    """
    start = f"{scope.id}|Ref "
    found = [v for v in scope.tests.variables.values() if v.fixed and v.id.startswith(start)]
    if not found:
        return
    asked = {name for mapping in _in_use(scope) for name, _ in references(mapping)}
    for variable in found:
        name = variable.id.removeprefix(start)
        if name in scope.template.parameters and name not in asked:
            variable.words = f"parameter {name}"
            variable.fixed, variable.closed = (), True


def outcomes(variable: Variable) -> tuple[Outcome, ...]:
    """Return what a variable may turn out to be."""
    if variable.fixed:
        return tuple(Outcome(a, frozenset({a.outcome})) for a in variable.fixed)
    if not variable.outcomes:
        _group(variable, [])
    return variable.outcomes


def _group(variable: Variable, signatures: list[tuple[Atoms, ...]]) -> None:
    """Group the atoms that all signatures treat alike into outcomes."""
    groups: dict[tuple[int, ...], list[str]] = {}
    for atom in (*variable.atoms, *(() if variable.closed else (REST,))):
        key = tuple(
            next((i for i, atoms in enumerate(row) if atom in atoms), -1) for row in signatures
        )
        groups.setdefault(key, []).append(atom)
    names = _names(list(groups.values()))
    variable.outcomes = tuple(
        Outcome(
            Assumption(variable.id, name, _text(variable, group), tuple(names)), frozenset(group)
        )
        for name, group in zip(names, groups.values(), strict=True)
    )


def _names(groups: list[list[str]]) -> list[str]:
    names: list[str] = []
    for group in groups:
        if REST in group:
            name = "another"
        else:
            name = group[0] if len(group) == 1 else " or ".join(map(repr, group))
        taken = {g[0] for g in groups if len(g) == 1 and g is not group}
        while name in names or (REST in group and name in taken):
            name += "'"
        names.append(name)
    return names


def _text(variable: Variable, group: list[str]) -> str:
    """Say what an outcome means; the rest is told by what it is not."""
    others = [repr(atom) for atom in variable.atoms if atom not in group]
    if REST not in group and not (variable.closed and len(group) > len(others)):
        return f"{variable.words} is {' or '.join(map(repr, group))}"
    if not others:
        return f"{variable.words} is anything"
    return f"{variable.words} is {'not' if len(others) == 1 else 'none of'} {', '.join(others)}"


def _single(root: Formula, tests: Tests) -> Iterator[tuple[str, Atoms]]:
    """Yield the largest parts of a formula that test one variable only: where each holds."""
    about = _subjects(root)
    stack, seen = [root], set[int]()
    while stack:
        node = stack.pop()
        subject = about[id(node)]
        if id(node) in seen or not subject:
            continue
        seen.add(id(node))
        if subject != _MANY:
            yield subject, _where(node, tests.variables[subject])
        else:
            stack += _inside(node)


def _normal(formula: Formula, tests: Tests) -> Formula:
    """Write each largest part about one variable as one test of it."""
    about = _subjects(formula)
    done: dict[int, Formula] = {}
    for node in nodes(formula):
        subject = about[id(node)]
        if subject and subject != _MANY:
            variable = tests.variables[subject]
            holds = _where(node, variable)
            constant = holds == variable.universe()
            done[id(node)] = constant if constant or not holds else Test(subject, holds)
        elif isinstance(node, Negation):
            done[id(node)] = negated(done[id(node.part)])
        elif isinstance(node, Junction):
            parts = tuple(done[id(part)] for part in node.parts)
            done[id(node)] = joined(parts, decisive=node.decisive)
        else:
            done[id(node)] = node
    return done[id(formula)]


def _where(node: Formula, variable: Variable) -> Atoms:
    universe = variable.universe()
    return frozenset(a for a in universe if judge(node, {variable.id: frozenset({a})}))


def _subjects(formula: Formula) -> dict[int, str]:
    """Return for each node the only variable that it tests, or that it tests many, or none."""
    found: dict[int, str] = {}
    for node in nodes(formula):
        if isinstance(node, Test):
            found[id(node)] = node.variable
            continue
        inner = {found[id(part)] for part in _inside(node)} - {""}
        found[id(node)] = inner.pop() if len(inner) == 1 else (_MANY if inner else "")
    return found


def _inside(node: Formula) -> tuple[Formula, ...]:
    if isinstance(node, Negation):
        return (node.part,)
    return node.parts if isinstance(node, Junction) else ()


def _used_conditions(scope: Scope) -> Iterator[str]:
    """Yield the conditions that resources and outputs use, in the order of the template."""
    for mapping in _in_use(scope):
        for key, value in mapping.entries:
            named = value
            if key.literal == "Fn::If" and isinstance(value, Sequence) and value.items:
                named = value.items[0]
            if key.literal in ("Fn::If", "Condition") and isinstance(named, Text):
                name = named.literal or ""
                if name in scope.template.conditions:
                    yield name


def _in_use(scope: Scope) -> Iterator[Mapping]:
    """Yield all mappings of the resources and outputs, of what a transform made of them too."""
    declared = scope.template.resources.values()
    bodies = [d.body for d in declared]
    made = [d.properties for d in declared if d.body.get("Properties") is not d.properties]
    yield from mappings([*bodies, *made, *scope.template.outputs.values()])


def _lookups(scope: Scope) -> Iterator[Sequence]:
    """Yield the arguments of Fn::FindInMap whose keys are not plain strings."""
    if not scope.template.mappings:
        return
    for mapping in mappings(evaluated_sections(scope.template)):
        argument = mapping.get("Fn::FindInMap")
        if not isinstance(argument, Sequence) or len(argument.items) < 3:
            continue
        if not all(isinstance(key, Text) for key in argument.items[1:3]):
            yield argument


def _add_rows(argument: Sequence, scope: Scope) -> None:
    """Tell the keys of a mapping apart where one is looked up by a value that is not known."""
    values = [scope.evaluate(item) for item in argument.items[:3]]
    name, first, second = (None if v is ABSENT else as_text(v) for v in values)
    table = scope.template.mappings.get((name.literal if name else None) or "")
    if table is None:
        return
    if first is not None and first.literal is None:
        _add_atoms(first, [key.literal or "" for key, _ in table.entries], scope)
    if second is not None and second.literal is None:
        rows = [row for _, row in table.entries if isinstance(row, Mapping)]
        keys = dict.fromkeys(key.literal or "" for row in rows for key, _ in row.entries)
        _add_atoms(second, list(keys), scope)


def _add_atoms(text: Text, keys: list[str], scope: Scope) -> None:
    if len(keys) > MAX_ROWS:
        return
    variable = variable_of(text, scope)
    if variable.fixed:
        return
    atoms = (atom_of(text, key) for key in keys)
    tests = [atom_test(variable, atom, scope) for atom in atoms if atom is not None]
    found = tuple(test.atoms for test in tests if test is not None)
    scope.tests.rows.setdefault(variable.id, []).append(found)
