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
from leastwise.semantics.actions import ActionInfo, action_index, asked_bits, info
from leastwise.semantics.automaton import Clause, least_cells
from leastwise.semantics.callers import callers, callers_of
from leastwise.semantics.context import EFFORT_SPENT, Context, find_context
from leastwise.semantics.openactions import Named, open_actions, sample_actions
from leastwise.semantics.pattern import Pieces, compile_glob, globs_of, tokenize
from leastwise.semantics.principals import is_nameless
from leastwise.semantics.space import Asked, Space, resource_space
from leastwise.semantics.terms import Term, TermRow, read_arn

_PREFERRED = ("iam", "s3", "ec2", "lambda", "sts")
_FAVOURITES = ("iam:AttachRolePolicy", "s3:GetObject", "ec2:RunInstances")
"""Actions that make a telling witness where many would do."""
TOO_MANY_SHAPES = "the actions at hand take too many kinds of resources and keys"
TOO_MANY_RESOURCES = "the ARNs at hand overlap in too many ways"
_SHAPES = 4_000
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
        if _hopeless(block.avoided, positive):
            continue
        for action in _shapes(space, block, positive):
            if action is None:
                yield Found("", "AWS", (), (), {}, limited=True, why=TOO_MANY_SHAPES)
                continue
            yield from _requests(space, action, positive, block.avoided)
            if space.effort.spent:
                return
    for name, avoided, missing in _open_actions(space, positive, negative):
        if missing:
            yield Found(name, "AWS", (), (), {}, limited=True, why=missing)
        elif not _hopeless(avoided, positive):
            yield from _requests(space, name, positive, avoided)
        if space.effort.spent:
            return


def _open_actions(space: Space, positive: TermRow, negative: TermRow) -> Iterator[Named]:
    if not space.typed:
        yield from open_actions(space, positive, negative)
        return
    for action in sample_actions(space, positive + negative):
        if all(t.takes(action) for t in positive):
            yield Named(action, tuple(t for t in negative if t.takes(action)))


def _hopeless(avoided: TermRow, positive: TermRow) -> bool:
    return any(t.unconditional or any(_covers(t, p) for p in positive) for t in avoided)


def _covers(avoided: Term, positive: Term) -> bool:
    """Tell quickly that one term matches whatever another does, as far as the action goes.

    SOUND: of two equal elements AWS makes the same, even where it is open what.
    """
    left, right = avoided.statement, positive.statement
    if avoided.conditions != positive.conditions or left.principals != right.principals:
        return False
    if (avoided.lookup is None) != (positive.lookup is None):
        return False
    if left is not right and is_nameless(left.principals):
        return False
    if avoided.variables != positive.variables or avoided.resource != positive.resource:
        return False
    if len(left.conditions) != len(avoided.conditions) or left.conditions_tail is not None:
        return False
    return avoided.reading == positive.reading or _is_plain(avoided)


@lru_cache(maxsize=8192)
def _is_plain(term: Term) -> bool:
    """Tell whether nothing in a term depends on how it is read."""
    statement = term.statement
    if term.variables or (statement.principals is not None and statement.principals.negated):
        return False
    patterns = [value for condition in term.conditions for value in condition.values]
    if statement.resources is not None:
        patterns += statement.resources.globs
    if statement.principals is not None:
        patterns += [entry.pattern for entry in statement.principals.entries]
    tails = [condition.tail for condition in term.conditions]
    tails += [part.tail for part in (statement.resources, statement.principals) if part is not None]
    return all(p.literal is not None for p in patterns) and not any(tails)


def _blocks(space: Space, positive: TermRow, negative: TermRow) -> list[_Block]:
    bits = asked_bits(space.question.actions) & ~space.excluded
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


def _shapes(space: Space, block: _Block, positive: TermRow) -> Iterator[str | None]:
    """Yield one action of each shape in a block, likely services first; last None if cut."""
    index = action_index()
    seen: set[object] = set()
    favourites = [f for f in _FAVOURITES if index.bits(f) & block.bits]
    keys = _service_keys(space, positive + block.avoided)
    anywhere = _any_resource(space, positive + block.avoided)
    simple = not space.typed or (not space.trust and not keys and anywhere)
    groups = index.by_service(block.bits, _services(positive))
    rest = (action for _, bits in groups for action in index.names(bits))
    for action in chain(favourites, rest):
        shape = _shape(info(action), keys, anywhere=anywhere)
        shape = (shape, callers_of(action) if space.trust else None)
        if shape not in seen:
            seen.add(shape)
            yield action
        if simple:
            return
        if len(seen) >= _SHAPES:
            yield None
            return


def _shape(known: ActionInfo | None, keys: frozenset[str], *, anywhere: bool) -> object:
    """Return what matters of an action: its ARN formats and which of the keys it carries."""
    if known is None:
        return None
    relevant = frozenset(k for k in known.condition_keys if any(x.startswith(k) for x in keys))
    return (not known.arn_formats) if anywhere else known.arn_formats, relevant


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


def _requests(space: Space, action: str, positive: TermRow, avoided: TermRow) -> Iterator[Found]:
    known = info(action)
    cost = _MATCHING + sum(map(_weight, positive + avoided))
    for kind, caller, exact in callers(space, action, positive + avoided):
        space.effort.spend(cost)
        if space.effort.spent:
            yield Found(action, kind, caller, (), {}, limited=True, why=EFFORT_SPENT)
            return
        if not all(t.calls(kind, caller) for t in positive):
            continue
        left = tuple(t for t in avoided if t.calls(kind, caller))
        asked = Asked(action, known, kind, caller, exact)
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
    outcome = find_context(space, asked, terms, 0)
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
            outcome = find_context(space, asked, terms, mask)
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
    rows = tuple(p.pieces for p in patterns)
    return [_asked_clause(rows, tuple(globs_of(row) for row in rows), space.wide)]


@lru_cache(maxsize=256)
def _asked_clause(
    rows: tuple[Pieces, ...], globs: tuple[tuple[str, ...], ...], wide: bool
) -> Clause:
    # INVARIANT: a cached row stands for symbols of the same globs (``globs`` is in the key).
    del globs
    return Clause(tuple(compile_glob(read_arn(tokenize(r) or (), wide=wide)) for r in rows))
