"""Turn a symbolic request into a concrete one that ``decide`` confirms.

An answer rests on this: no request leaves the engine that the reference evaluator does not
allow under the valuation at hand.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from leastwise.iam.policy import Pattern, PolicyDocument
from leastwise.iam.project import Policy
from leastwise.semantics.decide import Unknowns, decide
from leastwise.semantics.model import Caller, EffectiveAccess, Request, RequestPattern
from leastwise.semantics.pattern import FRESH, Pieces, accepts, compile_glob, tokenize
from leastwise.semantics.search import Found
from leastwise.semantics.terms import Term, TermRow
from leastwise.semantics.valuation import (
    ACCOUNT,
    PARTITION,
    REGION,
    Valuation,
    bind,
    is_concrete,
    samples,
    symbols_of,
    valuate,
)
from leastwise.source.value import Assumption, Symbol

_FILLS = ("example", "x", "q", "7")
"""What a fresh character is spelled as, tried in turn; the later ones keep lengths."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Hold a confirmed request and the values of symbols under which it is allowed."""

    request: Request
    bound: dict[str, str]


def confirm(
    found: Found,
    access: EffectiveAccess,
    question: RequestPattern,
    positive: TermRow,
    world: tuple[Assumption, ...],
    unknown: Unknowns,
) -> Witness | None:
    """Spell a request so that ``decide`` allows it, or return None."""
    letters = samples(_letters(found))
    for fill in _FILLS:
        spelled = _spell(found, Valuation(letters), fill)
        bound = _bound(spelled, question, positive, letters)
        values = {**samples(_all_symbols(access, question)), **letters, **bound}
        concrete = valuated(access, Valuation(values, world))
        if decide(spelled, concrete, unknown).outcome == "allowed":
            return Witness(spelled, bound)
    return None


def valuated(access: EffectiveAccess, valuation: Valuation) -> EffectiveAccess:
    """Make the documents of an access concrete."""

    def fix(policy: Policy) -> Policy:
        if is_concrete(policy.document):
            return policy
        return replace(policy, document=valuate(policy.document, valuation))

    return replace(
        access,
        identity=tuple(fix(p) for p in access.identity),
        boundary=None if access.boundary is None else tuple(fix(p) for p in access.boundary),
        trust=None if access.trust is None else fix(access.trust),
    )


def _letters(found: Found) -> Iterator[Symbol]:
    texts = [found.caller, found.resource]
    texts += [value for values in found.context.values() for value in values]
    yield from (p for text in texts for p in text if isinstance(p, Symbol))


def _all_symbols(access: EffectiveAccess, question: RequestPattern) -> Iterator[Symbol]:
    for document in _documents(access):
        yield from symbols_of(document)
    for pattern in (*(question.resources or ()), *_of_question(question)):
        yield from (p for p in pattern.pieces if isinstance(p, Symbol))


def _documents(access: EffectiveAccess) -> Iterator[PolicyDocument]:
    trust = () if access.trust is None else (access.trust,)
    yield from (p.document for p in (*access.identity, *(access.boundary or ()), *trust))


def _of_question(question: RequestPattern) -> Iterator[Pattern]:
    for _, patterns in question.context:
        yield from patterns or ()
    if question.principal is not None:
        yield question.principal.name


def _spell(found: Found, valuation: Valuation, fill: str) -> Request:
    context = {
        key: tuple(_readable(valuation.spell(v), fill) for v in values)
        for key, values in found.context.items()
    }
    return Request(
        Caller(found.caller_type, _readable(valuation.spell(found.caller), fill)),
        found.action,
        _readable(valuation.spell(found.resource), fill),
        tuple(sorted(context.items())),
    )


def _readable(text: str, fill: str) -> str:
    """Spell fresh characters: parts of an ARN by their meaning, else by ``fill``."""
    if FRESH not in text:
        return text
    if len(fill) == 1:
        return text.replace(FRESH, fill)
    parts = text.split(":", 5)
    if len(parts) == 6 and parts[0] == "arn":
        usual = ("arn", PARTITION, parts[2], REGION, ACCOUNT)
        head = [u if set(p) == {FRESH} else p for p, u in zip(parts, usual, strict=False)]
        text = ":".join([*head, parts[5]])
    while FRESH * 2 in text:
        text = text.replace(FRESH * 2, FRESH)
    return text.replace(FRESH, fill)


def _bound(
    request: Request, question: RequestPattern, positive: TermRow, letters: dict[str, str]
) -> dict[str, str]:
    """Find values of symbols that make the statements and the question match the request."""
    bound: dict[str, str] = {}
    for choices, value in _pairs(request, question, positive):
        known = {**letters, **bound}
        if any(_matches_already(c, value, known) for c in choices):
            continue
        for choice in choices:
            found = bind(choice, value, known)
            if found is not None:
                bound.update(found)
                break
    return bound


def _matches_already(pieces: Pieces, value: str, known: dict[str, str]) -> bool:
    if any(isinstance(p, Symbol) and p.id not in known for p in pieces):
        return False
    text = tuple(known[p.id] if isinstance(p, Symbol) else p for p in pieces)
    return accepts(compile_glob(tokenize(text) or ()), (value,))


def _pairs(
    request: Request, question: RequestPattern, positive: TermRow
) -> Iterator[tuple[list[Pieces], str]]:
    for term in positive:
        yield from _pairs_of(term, request)
    if question.resources is not None:
        yield _pieces(question.resources), request.resource


def _pairs_of(term: Term, request: Request) -> Iterator[tuple[list[Pieces], str]]:
    statement = term.statement
    if not statement.actions.negated:
        lowered = [_lower(p) for p in _pieces(statement.actions.globs)]
        yield lowered, request.action.lower()
    if statement.resources is not None and not statement.resources.negated:
        yield _pieces(statement.resources.globs), request.resource
    if statement.principals is not None and not statement.principals.negated:
        yield _pieces(e.pattern for e in statement.principals.entries), request.principal.name
    context = dict(request.context)
    for condition in term.conditions:
        values = context.get((condition.key.literal or "").lower(), ())
        if "Not" not in condition.operator.name and len(values) == 1:
            yield _pieces(condition.values), values[0]


def _pieces(patterns: Iterable[Pattern]) -> list[Pieces]:
    return [p.pieces for p in patterns]


def _lower(pieces: Pieces) -> Pieces:
    return tuple(p if isinstance(p, Symbol) else p.lower() for p in pieces)
