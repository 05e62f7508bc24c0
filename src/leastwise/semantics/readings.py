"""Match a value against a pattern that is read in two ways: what surely, and what perhaps matches.

The narrow reading takes an unknown part of the pattern as equal only to itself, the wide one as
any string that it may be.
"""

from functools import lru_cache
from typing import NamedTuple

from leastwise.semantics.action_length import is_too_long
from leastwise.semantics.pattern import (
    Glob,
    Lookup,
    Pieces,
    Tokens,
    accepts,
    arn_tokens,
    canonical_arn,
    compile_glob,
    globs_of,
    tokenize,
    widen,
)
from leastwise.semantics.truth import Truth


class Reading(NamedTuple):
    """Hold the narrow and the wide reading of one pattern, compiled."""

    narrow: Glob
    wide: Glob


def matches(narrow: Tokens, wide: Tokens, value: Pieces) -> Truth:
    """Match a value against the narrow and the wide reading of one pattern."""
    return _matches(Reading(compile_glob(narrow), compile_glob(wide)), value)


def _matches(reading: Reading, value: Pieces) -> Truth:
    narrow, wide = reading
    if accepts(narrow, value):
        return True
    is_same = narrow is wide or narrow.tokens == wide.tokens
    if is_same and all(isinstance(p, str) for p in value):
        return False
    return None if accepts(wide, value, wide=True) else False


def action_matches(pattern: Pieces, action: str) -> Truth:
    """Match a concrete action name against an Action entry, without case."""
    reading = _action_readings(pattern, globs_of(pattern))
    name = action.lower()
    # most entries of a long list are of another service: told by their first characters
    return _matches(reading, (name,)) if name.startswith(reading.narrow.head) else False


@lru_cache(maxsize=8192)
def _action_readings(pattern: Pieces, globs: tuple[str, ...]) -> Reading:
    del globs
    row = () if any(map(is_too_long, pattern)) else tokenize(pattern) or ()
    narrow = tuple(t.lower() if isinstance(t, str) else t for t in row)
    wide = tuple(t.lower() if isinstance(t, str) else t for t in widen(row))
    return Reading(compile_glob(narrow), compile_glob(wide))


def _arn_readings(tokens: Tokens) -> Reading:
    narrow, wide = arn_tokens(tokens, crossing=False), arn_tokens(widen(tokens), crossing=True)
    return Reading(compile_glob(narrow), compile_glob(wide))


@lru_cache(maxsize=8192)
def _plain_readings(pattern: Pieces, globs: tuple[str, ...]) -> Reading:
    del globs
    return _arn_readings(tokenize(pattern) or ())


def resource_matches(pattern: Pieces, resource: Pieces, lookup: Lookup | None = None) -> Truth:
    """Match a resource against a Resource entry; an unresolved variable matches nothing."""
    if lookup is None or not any(isinstance(p, str) and "${" in p for p in pattern):
        return _matches(_plain_readings(pattern, globs_of(pattern)), canonical_arn(resource))
    tokens = tokenize(pattern, lookup)
    if tokens is None:
        return False
    return _matches(_arn_readings(tokens), canonical_arn(resource))
