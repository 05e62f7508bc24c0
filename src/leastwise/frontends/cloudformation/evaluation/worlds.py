"""Work on values that are chosen by what is not known."""

from collections.abc import Callable

from leastwise.frontends.cloudformation.scope.state import ABSENT, as_text
from leastwise.iam.worlds import MAX_WORLDS, assume
from leastwise.source.json_write import fresh_symbol
from leastwise.source.text import common_glob, glob_of
from leastwise.source.value import Assumption, Choice, Scalar, Symbol, Unknown, Value


def spread(values: tuple[Value, ...], build: Callable[[tuple[Value, ...]], Value]) -> Value | None:
    """Apply ``build`` in each world of the choices among ``values``; None for more than 16.

    The alternatives of the result stand under the same assumptions as those of the arguments.
    """
    room = [MAX_WORLDS]
    result = _spread(values, build, room)
    return result if room[0] >= 0 else None


def _spread(
    values: tuple[Value, ...], build: Callable[[tuple[Value, ...]], Value], room: list[int]
) -> Value:
    choice = next((value for value in values if isinstance(value, Choice)), None)
    if choice is None:
        room[0] -= 1
        return build(values) if room[0] >= 0 else ABSENT
    found: list[tuple[Assumption, Value]] = []
    for assumption, _ in choice.alternatives:
        if room[0] < 0:
            break
        inside = tuple(assume(value, assumption) for value in values)
        found.append((assumption, _spread(inside, build, room)))
    return found[0][1] if len(found) == 1 else Choice(tuple(found), choice.span)


def may_be_absent(value: Value) -> bool:
    """Say whether AWS::NoValue removes a value in some world but not in all."""
    if isinstance(value, Choice):
        return any(v is ABSENT or may_be_absent(v) for _, v in value.alternatives)
    return False


def without_absent(value: Value) -> Value:
    """Write null where a value is removed by AWS::NoValue, also in alternatives."""
    if value is ABSENT:
        return Scalar(None)
    if isinstance(value, Choice) and may_be_absent(value):
        found = tuple((a, without_absent(v)) for a, v in value.alternatives)
        return Choice(found, value.span)
    return value


def is_null(value: Value) -> bool:
    """Say whether a value is null, which here stands for one that AWS::NoValue removed."""
    return isinstance(value, Scalar) and value.value is None


def may_be_null(value: Value) -> bool:
    """Say whether a value is null in some world."""
    if isinstance(value, Choice):
        return any(may_be_null(v) for _, v in value.alternatives)
    return is_null(value)


def merged(choice: Choice, reason: str) -> Value:
    """Stand for a choice as one value that is not known, with what its alternatives share.

    SOUND: over-approximates; which alternative it is, is forgotten.
    """
    symbol = fresh_symbol(choice)
    glob = glob_of_any(flat(choice))
    kept = Symbol(symbol.id, "Fn::If", glob, reason=reason, span=choice.span)
    return Unknown(kept, reason, choice.span)


def flat(value: Value) -> tuple[Value, ...]:
    """Return what a value may be in any world."""
    if not isinstance(value, Choice):
        return (value,)
    return tuple(inner for _, v in value.alternatives for inner in flat(v))


def glob_of_any(values: tuple[Value, ...]) -> str:
    """Return a glob that all of some strings match; ``*`` where one is no string."""
    texts = [None if value is ABSENT else as_text(value) for value in values]
    globs = [glob_of(text) for text in texts if text is not None]
    return "*" if not globs or None in texts else common_glob(globs)
