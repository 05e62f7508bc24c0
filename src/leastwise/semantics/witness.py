"""Turn a symbolic request into a concrete one that ``decide`` confirms.

An answer rests on this: no request leaves the engine that the reference evaluator does not
allow under the valuation at hand.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import NamedTuple, TypeAlias

from leastwise.iam.policy import Pattern, Principals
from leastwise.iam.project import Policy
from leastwise.semantics.actions import info
from leastwise.semantics.automaton import Clause, least_cells
from leastwise.semantics.decide import Unknowns, decide
from leastwise.semantics.entries import is_literal
from leastwise.semantics.globs import is_like
from leastwise.semantics.model import Caller, EffectiveAccess, Request, RequestPattern
from leastwise.semantics.paths import policies_of, with_each
from leastwise.semantics.pattern import (
    FRESH,
    Lookup,
    Token,
    Tokens,
    accepts,
    compile_glob,
    tokenize,
    widen,
)
from leastwise.semantics.principals import account_of
from leastwise.semantics.readings import resource_matches
from leastwise.semantics.search import Found
from leastwise.semantics.terms import VARIABLE, Term, TermRow
from leastwise.semantics.valuation import (
    ACCOUNT,
    PARTITION,
    REGION,
    Valuation,
    bind,
    is_concrete,
    sample,
    samples,
    symbols_of,
    valuate,
)
from leastwise.source.value import Assumption, Symbol

Pair: TypeAlias = tuple[list[Tokens], str]

_FILLS = ("example", "x", "q", "7")
"""What a fresh character is spelled as, tried in turn; the later ones keep lengths."""
_LONGEST = 64
"""As many characters as the name in a sample of a symbol has, and more."""


class Witness(NamedTuple):
    """Hold a confirmed request and the values of symbols under which it is allowed."""

    request: Request
    bound: dict[Symbol, str]


class Search(NamedTuple):
    """Hold what a request was found for.

    ``accesses`` are those whose symbols get values, ``accept`` is the judge of a request under
    them. ``question`` is what is asked, ``positive`` what must match, ``negative`` what must
    not. ``whole``: the caller's symbols get sample values too.
    """

    accesses: tuple[EffectiveAccess, ...]
    accept: Callable[[Request, Valuation], bool]
    question: RequestPattern
    positive: TermRow
    negative: TermRow
    world: tuple[Assumption, ...]
    whole: bool = False


def confirm(found: Found, search: Search) -> Witness | None:
    """Spell a request so that the judge of the search accepts it, or return None."""
    symbols = [*_all_symbols(search.accesses, search.question)]
    usual = samples(symbols)
    witness = _confirmed(found, search, symbols, usual)
    if witness is None and (other := _apart(symbols, usual, found)) != usual:
        witness = _confirmed(found, search, symbols, other)
    return witness


def _confirmed(
    found: Found, search: Search, symbols: list[Symbol], usual: dict[str, str]
) -> Witness | None:
    """Spell a request where symbols that nothing binds have their usual values."""
    for letters in chain(_values(found, whole=search.whole), _collisions(found, search)):
        for fill in _FILLS:
            draft = _spell(found, Valuation({**usual, **letters}), fill)
            known = {**letters, **_variables(draft)}
            for bound in _bindings(draft, search, known):
                valuation = Valuation({**usual, **known, **bound}, search.world)
                spelled = _with_variables(_spell(found, valuation, fill), {**known, **bound})
                for request in _readable_first(spelled):
                    if not _asked(request, search.question, valuation):
                        continue
                    if search.accept(request, valuation):
                        return Witness(request, {s: bound[s.id] for s in symbols if s.id in bound})
    return None


def _apart(symbols: list[Symbol], usual: dict[str, str], found: Found) -> dict[str, str]:
    """Return values that no string of a request can hold, for symbols that may be anything.

    A sample is made of the symbol's name, so that a parameter could be named after what is asked.
    """
    keys = (value for values in found.context.values() for value in values)
    texts = (found.resource, found.caller, *keys)
    longest = max(sum(_LONGEST if isinstance(p, Symbol) else len(p) for p in t) for t in texts)
    name = "x" * (longest + 1)
    free = (s for s in symbols if "*" in s.glob and not s.environment)
    return usual | {s.id: sample(s, f"{name}{number}") for number, s in enumerate(free)}


def allowed(access: EffectiveAccess, unknown: Unknowns) -> Callable[[Request, Valuation], bool]:
    """Return the judge of a request that ``access`` must allow, as ``decide`` has it."""

    def accept(request: Request, valuation: Valuation) -> bool:
        return decide(request, valuated(access, valuation), unknown).outcome == "allowed"

    return accept


def _readable_first(request: Request) -> Iterator[Request]:
    """Yield the request with a name where its resource breaks off, then as it is.

    The walk lets a last ``*`` match nothing, which no resource is called (``role/app-``).
    """
    if request.resource.endswith(("/", "-", "_", ".", ":")):
        yield request._replace(resource=f"{request.resource}{_FILLS[0]}")
    yield request


def _variables(request: Request) -> dict[str, str]:
    """Return the values that policy variables have in a request."""
    return {VARIABLE + key: values[0] for key, values in request.context if len(values) == 1}


def _with_variables(request: Request, bound: dict[str, str]) -> Request:
    """Carry the keys whose values were found for policy variables."""
    found = {i.removeprefix(VARIABLE): (v,) for i, v in bound.items() if i.startswith(VARIABLE)}
    context = {**found, **dict(request.context)}
    return request._replace(context=tuple(sorted(context.items()))) if found else request


def _values(found: Found, *, whole: bool) -> Iterator[dict[str, str]]:
    """Yield sample values of the symbols in a request, ARNs for what stands where one must.

    The caller's symbols are among them if ``whole``; else what they are may follow from the
    rest of the request.
    """
    letters = samples(_letters(found, whole=whole))
    first = found.resource[0] if found.resource else ""
    known = info(found.action)
    if isinstance(first, Symbol) and not letters[first.id].startswith("arn:"):
        for arn_format in known.arn_formats if known is not None else ("arn:?*:s3:::?*",):
            yield {**letters, first.id: _arn(arn_format, letters[first.id])}
    yield letters


def _collisions(found: Found, search: Search) -> Iterator[dict[str, str]]:
    """Yield values of the resource's symbols under which it is one that all statements name."""
    row = tokenize(found.resource, plain=True) or ()
    if not any(isinstance(t, Symbol) for t in row):
        return
    wide = Clause((compile_glob(widen(row)),))
    for term in search.positive:
        for _, resource in least_cells((wide, term.resource), ()).found:
            if all(isinstance(p, str) for p in resource):
                bound = bind(row, "".join(p for p in resource if isinstance(p, str)), {})
                if bound is not None:
                    yield {key: value.replace(FRESH, _FILLS[1]) for key, value in bound.items()}


def _arn(arn_format: str, name: str) -> str:
    parts = arn_format.split(":", 5)
    usual = ("arn", PARTITION, "", REGION, ACCOUNT)
    head = [u if p == "?*" else p for p, u in zip(parts, usual, strict=False)]
    return ":".join([*head, parts[-1].partition("?*")[0] + name])


def _asked(request: Request, question: RequestPattern, valuation: Valuation) -> bool:
    """Tell whether a concrete request is one that the question is about."""
    if question.resources is not None:
        resources = [(valuation.spell(p.pieces),) for p in question.resources]
        if all(resource_matches(r, (request.resource,)) is False for r in resources):
            return False
    context = dict(request.context)
    for key, patterns in question.context:
        given = context.get(key.lower())
        if (patterns is None) != (given is None):
            return False
        for value in given or ():
            if not any(is_like(value, valuation.spell(p.pieces)) for p in patterns or ()):
                return False
    wanted = question.principal
    return wanted is None or is_like(request.principal.name, valuation.spell(wanted.name.pieces))


def valuated(access: EffectiveAccess, valuation: Valuation) -> EffectiveAccess:
    """Make the documents of an access concrete."""

    def fix(policy: Policy) -> Policy:
        if is_concrete(policy.document):
            return policy
        return replace(policy, document=valuate(policy.document, valuation))

    return with_each(access, fix)


def _letters(found: Found, *, whole: bool) -> Iterator[Symbol]:
    texts = [found.resource, *([found.caller] if whole else [])]
    texts += [value for values in found.context.values() for value in values]
    yield from (p for text in texts for p in text if isinstance(p, Symbol))


def _all_symbols(
    accesses: tuple[EffectiveAccess, ...], question: RequestPattern
) -> Iterator[Symbol]:
    for policy in (p for access in accesses for p in policies_of(access)):
        yield from symbols_of(policy.document)
    for pattern in (*(question.resources or ()), *_of_question(question)):
        yield from (p for p in pattern.pieces if isinstance(p, Symbol))


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


def _bindings(
    request: Request, search: Search, letters: dict[str, str]
) -> Iterator[dict[str, str]]:
    """Yield values of symbols: what spares the request one Deny may keep an Allow from it."""
    first = _bound(request, search, letters)
    yield first
    other = _bound(request, search._replace(negative=()), letters)
    if other != first:
        yield other


def _bound(request: Request, search: Search, letters: dict[str, str]) -> dict[str, str]:
    """Find values of symbols that make the statements and the question match the request."""
    bound: dict[str, str] = {}
    for choices, value in _pairs(request, search):
        known = {**letters, **bound}
        if any(_matches_already(c, value, known) for c in choices):
            continue
        for choice in choices:
            found = bind(choice, value, known)
            if found is not None:
                bound.update(found)
                break
    return bound


def _matches_already(tokens: Tokens, value: str, known: dict[str, str]) -> bool:
    row: list[Token] = []
    for part in tokens:
        if isinstance(part, Symbol):
            if part.id not in known:
                return False
            row.extend(known[part.id])
        else:
            row.append(part)
    return accepts(compile_glob(tuple(row)), (value,))


def _pairs(request: Request, search: Search) -> Iterator[Pair]:
    """List strings beside the patterns of which one should match them.

    What is negated in a statement to be avoided should match as well: that spares the request.
    Where no symbol stands, there is nothing to be bound.
    """
    for term in search.positive:
        yield from _pairs_of(term, request, negated=False)
    if search.question.resources is not None:
        yield _rows(search.question.resources), request.resource
    for term in search.negative:
        yield from _pairs_of(term, request, negated=True)


def _pairs_of(term: Term, request: Request, *, negated: bool) -> Iterator[Pair]:
    statement = term.statement
    globs = statement.actions.globs
    if statement.actions.negated is negated and not is_literal(statement.actions):
        yield [_lower(row) for row in _rows(globs)], request.action.lower()
    if not term.symbolic:
        return
    if statement.resources is not None and statement.resources.negated is negated:
        yield _rows(statement.resources.globs, term.lookup), request.resource
    if statement.principals is not None and statement.principals.negated is negated:
        yield from _principal_pairs(statement.principals, request.principal.name)
    context = dict(request.context)
    for condition in term.conditions:
        values = context.get((condition.key.literal or "").lower(), ())
        if ("Not" in condition.operator.name) is negated and len(values) == 1:
            yield _rows(condition.values, term.lookup), values[0]


def _principal_pairs(principals: Principals, name: str) -> Iterator[Pair]:
    rows = _rows(e.pattern for e in principals.entries)
    yield rows, name
    accounts = [account for row in rows if (account := account_of(row)) is not None]
    if accounts:
        yield accounts, _account(name)


def _rows(patterns: Iterable[Pattern], lookup: Lookup | None = None) -> list[Tokens]:
    found = (tokenize(p.pieces, lookup) for p in patterns)
    return [row for row in found if row is not None]


def _lower(row: Tokens) -> Tokens:
    return tuple(t.lower() if isinstance(t, str) else t for t in row)


def _account(arn: str) -> str:
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else arn
