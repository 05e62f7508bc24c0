"""Tell where one entry of an Action or Resource element matches all that another matches."""

from collections.abc import Iterator
from functools import lru_cache

from leastwise.iam.policy import Pattern
from leastwise.semantics.pattern import FRESH, Pieces, accepts, arn_tokens, compile_glob, tokenize
from leastwise.source.value import Symbol

_MANY = Symbol("*", "*")


def spelled(pattern: Pattern, *, folded: bool) -> Pieces:
    """Return the pieces of an entry, those of an action in lower case."""
    if not folded:
        return pattern.pieces
    return tuple(p.lower() if isinstance(p, str) else p for p in pattern.pieces)


def covers(wide: Pieces, row: Pieces, is_action: bool) -> bool:
    """Tell whether one pattern matches all that another matches."""
    head, start = wide[0] if wide else "", row[0] if row else ""
    if isinstance(head, str) and isinstance(start, str):
        # most entries begin otherwise: told before anything is compiled
        literal = head.partition("*")[0].partition("?")[0]
        if not start.startswith(literal):
            return False
    return _matches_all(wide, row, is_action)


@lru_cache(maxsize=16384)
def _matches_all(wide: Pieces, row: Pieces, is_action: bool) -> bool:
    """Tell whether one pattern matches all that another matches.

    SOUND: under-approximates. The other's star is a string that only a star matches, its question
    mark a character that no pattern mentions; what is not known equals only itself.
    """
    tokens = tokenize(wide) or ()
    if not is_action:
        tokens = arn_tokens(tokens, crossing=False)
    return accepts(compile_glob(tokens), tuple(_letters(row)))


def _letters(row: Pieces) -> Iterator[str | Symbol]:
    for piece in row:
        if isinstance(piece, Symbol):
            yield piece
            continue
        for number, run in enumerate(piece.replace("?", FRESH).split("*")):
            if number:
                yield _MANY
            if run:
                yield run
