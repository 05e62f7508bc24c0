"""Name actions that are not in the pinned index.

AWS adds actions every week, so what a wildcard grants is more than what is known. In the typed
space a few names stand for them, one per service. In the untyped space they are found by the
joint automaton of the Action and NotAction globs at hand: INVARIANT: there is a name for every
smallest combination of avoided terms that some name, not in the index, cannot escape.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from leastwise.iam.policy import Pattern
from leastwise.semantics.actions import action_index
from leastwise.semantics.automaton import Cells, Clause, least_cells
from leastwise.semantics.pattern import (
    FRESH,
    Glob,
    Pieces,
    Tokens,
    Wild,
    accepts,
    compile_glob,
    tokenize,
    widen,
)
from leastwise.semantics.space import Space
from leastwise.semantics.terms import Only, Term, TermRow
from leastwise.source.value import Symbol

UNKNOWN_ACTION = "UnknownAction"
UNKNOWN_SERVICE = "unknown-service"
TOO_MANY_NAMES = "the wildcards in actions overlap in too many ways"
_ROUNDS = 8
_FILLS = ((UNKNOWN_SERVICE, UNKNOWN_ACTION), ("x", "X"), ("q", "Q"), ("z", "Z"), ("7", "7"))
_ANY = (Wild.ONE_IN, Wild.MANY_IN)
_NAMES = Clause((compile_glob((*_ANY, ":", *_ANY)),))


class Named(NamedTuple):
    """Hold a name and the avoided terms that match it; a ``missing`` one says why there is none."""

    action: str
    avoided: TermRow
    missing: str = ""


@lru_cache(maxsize=4096)
def names_known(actions: tuple[str, ...]) -> bool:
    """Tell whether a question names known actions only, without a wildcard."""
    return all(action_index().spelled(action) is not None for action in actions)


def sample_actions(space: Space, terms: TermRow) -> Iterator[str]:
    """Yield names of actions that are not known.

    Those are what the question itself spells, one per service that it or a statement names,
    what statements grant of services that are not known, and one of an unknown service. A name
    that a statement spells in a known service is not among them: it is a slip of the pen.
    """
    if names_known(space.question.actions):
        return
    index = action_index()
    asked = space.question.actions
    stated = [p.literal or "" for t in terms for p in t.statement.actions.globs]
    names = [a for a in asked if "*" not in a and "?" not in a and ":" in a]
    for text in dict.fromkeys((*asked, *stated)):
        prefix, colon, name = text.partition(":")
        if not colon or "*" in prefix or "?" in prefix:
            continue
        if prefix.lower() not in index.services:
            names.append(f"{prefix}:" + name.replace("*", "X").replace("?", "X"))
        if not space.closed:
            names.append(f"{prefix.lower()}:{UNKNOWN_ACTION}")
    if not space.closed:
        names.append(f"{UNKNOWN_SERVICE}:{UNKNOWN_ACTION}")
    globs = [compile_glob(tokenize((glob.lower(),)) or ()) for glob in asked]
    for name in dict.fromkeys(names):
        if index.spelled(name) is None and any(accepts(g, (name.lower(),)) for g in globs):
            yield name


def open_actions(space: Space, positive: TermRow, negative: TermRow) -> Iterator[Named]:
    """Yield names that all of ``positive`` match, and as few of ``negative`` as can be."""
    if space.closed or names_known(space.question.actions):
        return
    asked = tuple(_row(Pattern((text,)), wide=True) for text in space.question.actions)
    demanded = [Clause(tuple(compile_glob(row) for row in asked if row is not None))]
    musts = dict.fromkeys((*demanded, *chain(*map(_clauses, positive))))
    wanted = (_NAMES, *(c for c in musts if not c.universal))
    avoided = tuple(map(_clauses, negative))
    bits = tuple(c for c in dict.fromkeys(chain(*avoided)) if not c.universal and not c.impossible)
    cells = _unknown_cells(space, wanted, bits)
    for mask, value in cells.found:
        met = {clause for i, clause in enumerate(bits) if mask >> i & 1}
        matched = tuple(
            t
            for t, row in zip(negative, avoided, strict=True)
            if all(c in met or c.universal for c in row)
        )
        name = _spelled(_text(value), wanted, tuple((c, c in met) for c in bits))
        yield Named(name, matched, "" if name else TOO_MANY_NAMES)
    if not cells.complete:
        yield Named("", (), TOO_MANY_NAMES)


def _unknown_cells(space: Space, wanted: tuple[Clause, ...], bits: tuple[Clause, ...]) -> Cells:
    """Find the cells whose names are not known, as far as a few rounds go."""
    known: tuple[Glob, ...] = ()
    for _ in range(_ROUNDS):
        musts = (*wanted, Clause(known, negated=True)) if known else wanted
        cells = least_cells(musts, bits)
        space.effort.spend_once((musts, bits), cells.work)
        names = (_text(value) for _, value in cells.found)
        met = tuple(compile_glob(tuple(n)) for n in names if action_index().spelled(n) is not None)
        if not met:
            return cells
        known += met
    return cells._replace(complete=False)


def _text(value: Pieces) -> str:
    return "".join(p for p in value if isinstance(p, str))


def _clauses(term: Term) -> tuple[Clause, ...]:
    """Return clauses that together say which unknown actions a term matches."""
    return (_clause(term),) if term.only is None else (_clause(term), _service(term.only))


@lru_cache(maxsize=64)
def _service(only: Only) -> Clause:
    rows = ((*service, ":", Wild.MANY) for service in only.services)
    return Clause(tuple(map(compile_glob, rows)), negated=not only.inside)


@lru_cache(maxsize=8192)
def _clause(term: Term) -> Clause:
    """Return which unknown actions a term matches; names that are known do not count."""
    patterns = term.statement.actions
    wide = term.reading.wide != patterns.negated
    rows = dict.fromkeys(_row(p, wide=wide) for p in patterns.globs)
    globs: list[Glob] = [compile_glob(row) for row in rows if row is not None]
    if patterns.tail is not None and wide:
        globs.append(compile_glob((Wild.MANY,)))
    return Clause(tuple(globs), patterns.negated)


def _row(pattern: Pattern, *, wide: bool) -> Tokens | None:
    text = pattern.literal
    if text is not None and action_index().spelled(text) is not None:
        return None
    row = tokenize(pattern.pieces) or ()
    if wide:
        row = widen(row)
    if any(isinstance(t, Symbol) for t in row):
        return None
    return tuple(t.lower() if isinstance(t, str) else t for t in row)


def _spelled(text: str, musts: tuple[Clause, ...], bits: tuple[tuple[Clause, bool], ...]) -> str:
    """Put readable words for fresh characters, as long as the same terms match; else nothing."""
    prefix, _, name = text.partition(":")
    for service, action in _FILLS:
        spelled = f"{_filled(prefix, service)}:{_filled(name, action)}"
        value = (spelled.lower(),)
        same = all(_holds(c, value) for c in musts)
        same = same and all(_holds(c, value) is met for c, met in bits)
        if same and action_index().spelled(spelled) is None:
            return spelled
    return ""


def _filled(text: str, word: str) -> str:
    while len(word) > 1 and FRESH * 2 in text:
        text = text.replace(FRESH * 2, FRESH)
    return text.replace(FRESH, word)


def _holds(clause: Clause, value: tuple[str]) -> bool:
    return any(accepts(glob, value) for glob in clause.globs) != clause.negated
