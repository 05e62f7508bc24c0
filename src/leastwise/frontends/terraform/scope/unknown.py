"""Make unknown values whose symbols say which expression they stand for."""

import hashlib
from dataclasses import replace

from leastwise.frontends.terraform.scope.state import Scope
from leastwise.frontends.terraform.syntax.references import free_names
from leastwise.frontends.terraform.syntax.tree import Expression
from leastwise.source.span import Span
from leastwise.source.value import Mapping, Sequence, Symbol, Text, Unknown, Value

MAX_REFERENCE = 200
MAX_IDENTITY = 100


def unknown(
    scope: Scope,
    expression: Expression,
    reason: str,
    glob: str = "*",
    *,
    because: tuple[Value, ...] = (),
) -> Unknown:
    """Return the unknown value of an expression: equal expressions of one scope are equal.

    ``because`` are the values that it is made of, for people who ask why it is not known.
    """
    symbol = symbol_of(scope, expression, glob, reason)
    cause = next(filter(None, map(_cause, because)), None)
    if cause is not None and cause != symbol:
        symbol = replace(symbol, cause=cause)
    return Unknown(symbol, reason, expression.span)


def _cause(value: Value) -> Symbol | None:
    """Return what is not known of a value in the first place, as far as one level shows it."""
    match value:
        case Unknown(symbol=symbol):
            found: Symbol | None = symbol
        case Text(pieces=pieces):
            symbols = [piece for piece in pieces if isinstance(piece, Symbol)]
            found = next((s for s in symbols if not s.environment), None)
        case Sequence(items=items, tail=tail):
            inner = (_cause(item) for item in items if isinstance(item, Text | Unknown))
            found = next(filter(None, inner), tail)
        case Mapping(tail=tail):
            found = tail
        case _:
            found = None
    return found if found is None else found.cause or found


def symbol_of(scope: Scope, expression: Expression, glob: str = "*", reason: str = "") -> Symbol:
    """Return the symbol of an expression, with the bindings that its value depends on."""
    text = spelled(scope, expression.span)
    bound = [n for n in sorted(free_names(expression)) if n in scope.bindings]
    suffix = "".join(f"[{n}={scope.bindings[n].identity}]" for n in bound)
    identity = f"{scope.module.scope}|{_short_id(text)}{suffix}"
    return Symbol(identity, _short(text), glob, reason=reason, span=expression.span)


def identity_of(scope: Scope, expression: Expression) -> str:
    """Return a short name of what an expression stands for, to tell bound elements apart."""
    name = symbol_of(scope, expression).id
    if len(name) <= MAX_IDENTITY:
        return name
    return hashlib.sha256(name.encode()).hexdigest()


def spelled(scope: Scope, span: Span) -> str:
    """Return the source text of a span with every run of white space as one space."""
    data = scope.state.sources.get(span.path, b"")
    return " ".join(data[span.start : span.end].decode("utf-8", "replace").split())


def _short(text: str) -> str:
    return text if len(text) <= MAX_REFERENCE else text[: MAX_REFERENCE - 3] + "..."


def _short_id(text: str) -> str:
    if len(text) <= MAX_REFERENCE:
        return text
    return f"{text[:MAX_REFERENCE]}#{hashlib.sha256(text.encode()).hexdigest()}"
