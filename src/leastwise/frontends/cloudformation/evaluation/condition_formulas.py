"""Turn the conditions of a template into formulas over values that are not known.

Source: "Condition functions" in the AWS CloudFormation template reference: Fn::And, Fn::Equals,
Fn::Not and Fn::Or, and ``Condition`` for another condition. What is none of these, what names a
condition that is not declared, and what depends on itself is a test of its own, true or false.
"""

from collections.abc import Iterator

from leastwise.frontends.cloudformation.evaluation.alphabets import can_be
from leastwise.frontends.cloudformation.scope.formulas import (
    REST,
    Formula,
    Test,
    Tests,
    Variable,
    joined,
    negated,
)
from leastwise.frontends.cloudformation.scope.state import (
    ABSENT,
    MAX_DEPTH,
    Scope,
    as_text,
    nothing_assumed,
    spell,
)
from leastwise.frontends.cloudformation.scope.uses import again, once
from leastwise.source.text import display
from leastwise.source.value import (
    Assumption,
    Chars,
    Choice,
    Mapping,
    Piece,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

MAX_ATOMS = 64
"""How many strings that one value is compared with are told apart."""
_OUTCOMES = ("true", "false")


def formula_of(name: str, scope: Scope) -> Formula:
    """Return a condition as a formula; the same one each time."""
    formulas = scope.tests.formulas
    if name not in formulas:
        _read(name, scope)
    again(("condition", name), scope)
    return formulas[name]


def assumption_of(name: str, scope: Scope, *, holds: bool) -> Assumption:
    """Return what is assumed when a condition is followed as one test, whatever it is made of."""
    outcome = "true" if holds else "false"
    text = f"condition {name} is {outcome}"
    return Assumption(f"{scope.id}|condition {name}", outcome, text, _OUTCOMES)


def condition_named(variable: str, scope: Scope) -> str | None:
    """Return the condition that a variable stands for as a whole, or None."""
    start = f"{scope.id}|condition "
    return variable.removeprefix(start) if variable.startswith(start) else None


def variable_of(text: Text, scope: Scope) -> Variable:
    """Return the variable that a string which is not known tests.

    A string with several parts that are not known is a variable as a whole.
    """
    symbol = _only_symbol(text)
    if symbol is None:
        return _variable(spell(text), repr(display(text)), scope)
    return _variable(symbol.id, _words(symbol, scope), scope)


def atom_of(text: Text, literal: str) -> str | None:
    """Return what the variable is where its string is ``literal``, None where it can never be."""
    symbol = _only_symbol(text)
    if symbol is None:
        return literal
    at = text.pieces.index(symbol)
    before, after = _known(text.pieces[:at]), _known(text.pieces[at + 1 :])
    fits = literal.startswith(before) and literal.endswith(after)
    if not fits or len(literal) < len(before) + len(after):
        return None
    atom = literal[len(before) : len(literal) - len(after)]
    return atom if can_be(symbol, atom) else None


def _only_symbol(text: Text) -> Symbol | None:
    unknown = [piece for piece in text.pieces if not isinstance(piece, Chars)]
    return unknown[0] if len(unknown) == 1 and isinstance(unknown[0], Symbol) else None


def _known(pieces: tuple[Piece, ...]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, Chars))


def _words(symbol: Symbol, scope: Scope) -> str:
    name = symbol.reference
    is_parameter = name in scope.template.parameters and symbol.id == f"{scope.id}|Ref {name}"
    return f"parameter {name}" if is_parameter else name


def _variable(key: str, words: str, scope: Scope) -> Variable:
    # Each stack tells its own strings apart, so that a test is named after the stack it is in.
    name = key if key.startswith(f"{scope.id}|") else f"{scope.id}|{key}"
    return scope.tests.variables.setdefault(name, Variable(name, words))


def _read(name: str, scope: Scope) -> None:
    """Read a condition after those that it names: a chain may be longer than the stack is deep."""
    tests, stack, entered = scope.tests, [name], set[str]()
    while stack:
        current = stack[-1]
        raw = scope.template.conditions.get(current)
        if current in tests.formulas:
            stack.pop()
        elif raw is None:
            tests.formulas[current] = _whole(current, scope)
        elif current in entered:
            tests.formulas[current] = _apart(current, raw, scope)
        else:
            entered.add(current)
            for inner in dict.fromkeys(_mentioned(raw)):
                if inner in entered and inner not in tests.formulas:
                    # A cycle: CloudFormation refuses it, so that it may be anything.
                    tests.formulas[inner] = _whole(inner, scope)
                stack.append(inner)


def _mentioned(raw: Value) -> Iterator[str]:
    """Yield the conditions that a condition names."""
    stack = [raw]
    while stack:
        value = stack.pop()
        if isinstance(value, Mapping):
            for key, inner in value.entries:
                named = inner
                if key.literal == "Fn::If" and isinstance(inner, Sequence) and inner.items:
                    named = inner.items[0]
                if key.literal in ("Condition", "Fn::If") and isinstance(named, Text):
                    yield named.literal or ""
                stack.append(inner)
        elif isinstance(value, Sequence):
            stack += value.items


def _apart(name: str, raw: Value, scope: Scope) -> Formula:
    """Read one condition as if nothing were assumed, in whichever world it is asked for."""
    scope.tests.reading += 1
    try:
        with nothing_assumed(scope):
            return once(("condition", name), lambda: _formula(raw, scope), scope)
    finally:
        scope.tests.reading -= 1


def _formula(raw: Value, scope: Scope) -> Formula:
    if not isinstance(raw, Mapping) or len(raw.entries) != 1 or scope.depth >= MAX_DEPTH:
        return _opaque(raw, scope)
    key, argument = raw.entries[0]
    if key.literal == "Condition" and isinstance(argument, Text) and argument.literal is not None:
        again(("condition", argument.literal), scope)
        return scope.tests.formulas.get(argument.literal, _opaque(raw, scope))
    items = argument.items if isinstance(argument, Sequence) else ()
    if key.literal == "Fn::Equals" and len(items) == 2:
        left, right = (scope.evaluate(item) for item in items)
        return _equality(left, right, raw, scope)
    if key.literal == "Fn::Not" and len(items) != 1:
        return _opaque(raw, scope)
    if key.literal not in ("Fn::Not", "Fn::And", "Fn::Or") or not items:
        return _opaque(raw, scope)
    scope.depth += 1
    parts = [_formula(item, scope) for item in items]
    scope.depth -= 1
    if key.literal == "Fn::Not":
        return negated(parts[0])
    return joined(parts, decisive=key.literal == "Fn::Or")


def _equality(left: Value, right: Value, raw: Value, scope: Scope) -> Formula:
    """Compare two values; strings compare exactly, case and all."""
    if isinstance(left, Choice) or isinstance(right, Choice):
        choice, other = (left, right) if isinstance(left, Choice) else (right, left)
        if not isinstance(choice, Choice):
            return _opaque(raw, scope)
        worlds = (
            joined(
                (_guard(assumed, choice, scope), _equality(value, other, raw, scope)),
                decisive=False,
            )
            for assumed, value in choice.alternatives
        )
        return joined(tuple(worlds), decisive=True)
    texts = [None if value is ABSENT else as_text(value) for value in (left, right)]
    first, second = texts
    if first is None or second is None:
        return _opaque(raw, scope)
    if first.pieces == second.pieces:
        return True
    if first.literal is not None and second.literal is not None:
        return False
    if first.literal is not None:
        return _test(second, first.literal, raw, scope)
    if second.literal is not None:
        return _test(first, second.literal, raw, scope)
    words = sorted((display(first), display(second)))
    spelled = " = ".join(sorted((spell(first), spell(second))))
    return _binary(
        f"{scope.id}|{spelled}", " equals ".join(words), " does not equal ".join(words), scope.tests
    )


def _test(text: Text, literal: str, raw: Value, scope: Scope) -> Formula:
    """Compare a string that is not known with one that is."""
    atom = atom_of(text, literal)
    if atom is None:
        return False
    return atom_test(variable_of(text, scope), atom, scope) or _opaque(raw, scope)


def atom_test(variable: Variable, atom: str, scope: Scope) -> Test | None:
    """Test whether a variable is one string; None when no more strings can be told apart."""
    if atom not in variable.atoms:
        full = len(variable.atoms) >= MAX_ATOMS or atom == REST
        if scope.tests.settled or variable.fixed or full:
            return None
        variable.atoms[atom] = None
    return Test(variable.id, frozenset({atom}))


def _guard(assumed: Assumption, choice: Choice, scope: Scope) -> Formula:
    """Return what an alternative of a choice assumes."""
    tests = scope.tests
    name = condition_named(assumed.id, scope)
    if name is not None and name in tests.formulas:
        formula = tests.formulas[name]
        return formula if assumed.outcome == "true" else negated(formula)
    variable = tests.variables.setdefault(assumed.id, Variable(assumed.id, assumed.text))
    if variable.fixed or not variable.atoms:
        known = dict.fromkeys((*variable.fixed, *(a for a, _ in choice.alternatives)))
        variable.fixed = tuple(known)
        variable.atoms |= dict.fromkeys(a.outcome for a in known)
    return Test(variable.id, frozenset({assumed.outcome}))


def _whole(name: str, scope: Scope) -> Formula:
    yes, no = (assumption_of(name, scope, holds=holds) for holds in (True, False))
    return _fixed(yes, no, scope.tests)


def _opaque(raw: Value, scope: Scope) -> Formula:
    """Stand for a test that can't be read: equal ones are equal."""
    if isinstance(raw, Scalar) and isinstance(raw.value, bool):
        return raw.value
    if isinstance(raw, Unknown):
        return _binary(raw.symbol.id, raw.reason, f"not: {raw.reason}", scope.tests)
    name = raw.entries[0][0].literal if isinstance(raw, Mapping) and raw.entries else None
    words = f"a test by {name}" if name else "a test"
    key = f"{scope.id}|{spell(raw)}"
    return _binary(
        key, f"{words} that is not known holds", f"{words} that is not known fails", scope.tests
    )


def _binary(key: str, yes: str, no: str, tests: Tests) -> Formula:
    return _fixed(
        Assumption(key, "true", yes, _OUTCOMES), Assumption(key, "false", no, _OUTCOMES), tests
    )


def _fixed(yes: Assumption, no: Assumption, tests: Tests) -> Formula:
    variable = tests.variables.setdefault(yes.id, Variable(yes.id, yes.text))
    variable.fixed = (yes, no)
    variable.atoms = dict.fromkeys((yes.outcome, no.outcome))
    return Test(variable.id, frozenset({yes.outcome}))
