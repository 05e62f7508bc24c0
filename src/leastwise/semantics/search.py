"""Search for one request that some statements match and others do not.

This is the engine under every question: *allowed* is a request that one Allow (and one Allow of
the boundary) matches and no Deny; *not covered* is one that no Allow matches. It works by
statement-signature cells: per dimension (action, principal, resource, keys) the combinations of
statements that can be reached, each with a witness. Actions fall into blocks that the same
statements match; within a block the search tries one action per shape (its ARN formats and
keys). Beside the known actions there is one unknown action per service that a statement or the
question names, and one of an unknown service.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from leastwise.iam.policy import PrincipalType
from leastwise.semantics.actions import ActionInfo, action_index, info
from leastwise.semantics.automaton import Clause, least_cells
from leastwise.semantics.callers import callers, callers_of
from leastwise.semantics.context import EFFORT_SPENT, Context, find_context
from leastwise.semantics.pattern import (
    Glob,
    Pieces,
    accepts,
    compile_glob,
    tokenize,
)
from leastwise.semantics.space import Asked, Space, resource_space
from leastwise.semantics.terms import Term, TermRow, read_arn

_PREFERRED = ("iam", "s3", "ec2", "lambda", "sts")
_FAVOURITES = ("iam:AttachRolePolicy", "s3:GetObject", "ec2:RunInstances")
"""Actions that make a telling witness where many would do."""
UNKNOWN_ACTION = "UnknownAction"
UNKNOWN_SERVICE = "unknown-service"
TOO_MANY_RESOURCES = "the ARNs at hand overlap in too many ways"
_SHAPES = 400
"""Shapes of actions tried per block."""
_MATCHING = 20
"""What looking at one action and caller costs."""


class Found(NamedTuple):
    """Hold a request in symbolic form.

    ``limited``: there may be such a request, but the search for it met its limit; ``why`` says
    which.
    """

    action: str
    caller_type: PrincipalType
    caller: Pieces
    resource: Pieces
    context: Context
    limited: bool = False
    why: str = ""


class _Block(NamedTuple):
    """Hold actions that the same avoided statements match."""

    bits: int
    avoided: TermRow


def find(space: Space, positive: TermRow, negative: TermRow) -> Iterator[Found]:
    """Yield requests that all of ``positive`` match and none of ``negative``.

    Where the effort of the space ends, the last one is ``limited``.
    """
    space.effort.spend(len(negative))
    for block in _blocks(space, positive, negative):
        if _hopeless(block.avoided):
            continue
        for action in _shapes(space, block, positive):
            yield from _requests(space, action, positive, block.avoided)
            if space.effort.spent:
                return
    for action in _open_actions(space, positive + negative):
        if all(t.takes(action) for t in positive):
            avoided = tuple(t for t in negative if t.takes(action))
            if not _hopeless(avoided):
                yield from _requests(space, action, positive, avoided)
        if space.effort.spent:
            return


def _hopeless(avoided: TermRow) -> bool:
    return any(t.unconditional for t in avoided)


@lru_cache(maxsize=4096)
def asked_bits(actions: tuple[str, ...]) -> int:
    """Return the bit set of the known actions that a question is about."""
    bits = 0
    for glob in actions:
        bits |= action_index().bits(glob)
    return bits


@lru_cache(maxsize=4096)
def names_known(actions: tuple[str, ...]) -> bool:
    """Tell whether a question names known actions only, without a wildcard."""
    return all(action_index().spelled(action) is not None for action in actions)


def _blocks(space: Space, positive: TermRow, negative: TermRow) -> list[_Block]:
    bits = asked_bits(space.question.actions)
    for term in positive:
        bits &= term.actions
    if not bits:
        return []
    blocks = [_Block(bits, ())]
    for term in negative:
        split: list[_Block] = []
        for block in blocks:
            inside, outside = block.bits & term.actions, block.bits & ~term.actions
            if outside:
                split.append(_Block(outside, block.avoided))
            if inside:
                split.append(_Block(inside, (*block.avoided, term)))
        blocks = split
    return sorted(blocks, key=lambda b: len(b.avoided))


def _shapes(space: Space, block: _Block, positive: TermRow) -> Iterator[str]:
    """Yield one action of each shape in a block, likely services first."""
    index = action_index()
    seen: set[object] = set()
    favourites = [f for f in _FAVOURITES if index.bits(f) & block.bits]
    keys = _service_keys(space, positive + block.avoided)
    simple = not space.trust and not keys and _any_resource(space, positive + block.avoided)
    groups = index.by_service(block.bits, _services(positive))
    rest = (action for _, bits in groups for action in index.names(bits))
    for action in chain(favourites, rest):
        shape = (_shape(info(action), keys), callers_of(action) if space.trust else None)
        if shape not in seen:
            seen.add(shape)
            yield action
        if simple or len(seen) >= _SHAPES:
            return


def _shape(
    known: ActionInfo | None, keys: frozenset[str]
) -> tuple[tuple[str, ...], frozenset[str]]:
    if known is None:
        return ("?",), frozenset()
    relevant = frozenset(k for k in known.condition_keys if any(x.startswith(k) for x in keys))
    return known.arn_formats, relevant


def _service_keys(space: Space, terms: TermRow) -> frozenset[str]:
    keys = {c.key.literal or "" for t in terms for c in t.conditions}
    keys |= {name for name, _ in space.question.context}
    return frozenset(k.lower() for k in keys)


def _any_resource(space: Space, terms: TermRow) -> bool:
    return space.question.resources is None and all(t.resource.universal for t in terms)


def _services(terms: TermRow) -> tuple[str, ...]:
    """Name the services of the ARNs at hand, then those a reader knows."""
    named: dict[str, None] = {}
    for term in terms:
        patterns = term.statement.resources
        for pattern in patterns.globs if patterns is not None else ():
            parts = str(pattern).split(":", 3)
            if len(parts) == 4:
                named[parts[2].lower()] = None
    return tuple(dict.fromkeys((*named, *_PREFERRED)))


def _open_actions(space: Space, terms: TermRow) -> Iterator[str]:
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
    globs = [_folded(g) for g in asked]
    for name in dict.fromkeys(names):
        if index.spelled(name) is None and any(accepts(g, (name.lower(),)) for g in globs):
            yield name


def _folded(glob: str) -> Glob:
    return compile_glob(tokenize((glob.lower(),)) or ())


def _requests(space: Space, action: str, positive: TermRow, avoided: TermRow) -> Iterator[Found]:
    known = info(action)
    cost = _MATCHING + sum(map(_weight, positive + avoided))
    for kind, caller in callers(space, action, positive + avoided):
        space.effort.spend(cost)
        if space.effort.spent:
            yield Found(action, kind, caller, (), {}, limited=True, why=EFFORT_SPENT)
            return
        if not all(t.calls(kind, caller) for t in positive):
            continue
        left = tuple(t for t in avoided if t.calls(kind, caller))
        asked = Asked(action, known, kind, caller)
        for resource, context, why in _rest(space, asked, positive, left):
            limited = context is None
            yield Found(action, kind, caller, resource, context or {}, limited, why)


def _weight(term: Term) -> int:
    principals = term.statement.principals
    return 1 + (len(principals.entries) if principals is not None else 0)


def _rest(
    space: Space, asked: Asked, positive: TermRow, avoided: TermRow
) -> Iterator[tuple[Pieces, Context | None, str]]:
    """Yield resources with keys; last, if some may be missing, one without keys, and why."""
    terms = (positive, avoided)
    outcome = find_context(space, asked, (), terms, 0)
    if outcome.context is None:
        if outcome.missing:
            yield (), None, outcome.missing
        return
    missing = ""
    # A witness is spelled so that what grants it matches, so there a symbol is only itself;
    # to show that nothing escapes, it is whatever it may be.
    matched = (t.generous if space.universal else t.resource for t in positive)
    musts = [*question_resources(space), *matched]
    clauses = tuple(c for c in dict.fromkeys(musts) if not c.universal)
    for nameable in resource_space(space, asked.action, asked.known):
        wanted = ((nameable, *clauses), tuple(t.generous for t in avoided))
        cells = least_cells(*wanted)
        space.effort.spend_once(wanted, cells.work)
        missing = missing or ("" if cells.complete else TOO_MANY_RESOURCES)
        for mask, resource in cells.found:
            outcome = find_context(space, asked, resource, terms, mask)
            missing = missing or outcome.missing
            if outcome.context is not None:
                yield resource, outcome.context, ""
    if missing or space.effort.spent:
        yield (), None, missing or EFFORT_SPENT


def question_resources(space: Space) -> list[Clause]:
    """Return the question's resources as a clause."""
    patterns = space.question.resources
    if patterns is None:
        return []
    rows = [tokenize(p.pieces) or () for p in patterns]
    return [Clause(tuple(compile_glob(read_arn(r, wide=space.wide)) for r in rows))]
