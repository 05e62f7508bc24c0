"""Say why requests that should be allowed are not: which one, and what refuses it."""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.iam.policy import Pattern, Patterns, PolicyDocument, Statement
from leastwise.iam.project import Policy, Principal
from leastwise.semantics.access import allows
from leastwise.semantics.actions import action_index, asked_bits
from leastwise.semantics.decide import decide
from leastwise.semantics.model import (
    Answer,
    Counterexample,
    Decision,
    EffectiveAccess,
    Layer,
    Request,
    RequestPattern,
)
from leastwise.semantics.space import DOMAINS

_MOST_ACTIONS = 256
_LAYERS: dict[Layer, str] = {
    "identity": "none of its policies allows it",
    "boundary": "its permissions boundary does not allow it",
    "resource": "the policy of the resource does not allow it",
    "trust": "the trust policy does not allow it",
}


class Refusal(NamedTuple):
    """Hold words that go on with the sentence, and the request with the statements that deny."""

    words: str
    answer: Answer


def refused(access: EffectiveAccess, pattern: RequestPattern, principal: Principal) -> Refusal:
    """Find a request of the pattern that is not allowed, and say why."""
    some = allows(access, pattern).certainty != "no"
    extent = " in every case" if some else ""
    found = _request(access, pattern, principal, some=some)
    if found is None:
        return Refusal(extent, Answer("no"))
    request, decision = found
    why = ""
    if decision.outcome == "explicitly-denied":
        why = ": a Deny stops it"
    elif decision.missing_keys:
        why = f": a statement asks for {', '.join(decision.missing_keys)}"
    elif decision.layer in _LAYERS:
        why = f": {_LAYERS[decision.layer]}"
    return Refusal(extent + why, Answer("no", request, decision.deciding))


def has_requests(pattern: RequestPattern) -> bool:
    """Tell whether AWS documents any request of a pattern: its actions take such resources."""
    return allows(_everything(pattern, None), pattern).certainty != "no"


def _request(
    access: EffectiveAccess, pattern: RequestPattern, principal: Principal, *, some: bool
) -> tuple[Request, Decision] | None:
    whole = _everything(pattern, principal)
    for asked in (pattern, *_one_by_one(pattern)):
        example = allows(whole, asked).witness
        found = None if example is None else _denied(example, access)
        if found is not None:
            return found
    if not some or pattern.context:
        return None
    from leastwise.semantics.compare import implies

    comparison = implies(whole, access)
    if not isinstance(comparison, Counterexample):
        return None
    return _denied(comparison.request, access)


def _denied(request: Request, access: EffectiveAccess) -> tuple[Request, Decision] | None:
    """Return a request with the decision if it is not allowed, with the keys AWS always sends."""
    decision = decide(request, access)
    if decision.outcome == "allowed":
        return None
    for key in decision.missing_keys:
        for value in DOMAINS.get(key, ()):
            context = tuple(sorted((*request.context, (key, (value,)))))
            other = decide(request._replace(context=context), access)
            if other.outcome != "allowed":
                told = other._replace(missing_keys=decision.missing_keys)
                return request._replace(context=context), told
        if key in DOMAINS:
            return None
    return request, decision


def _one_by_one(pattern: RequestPattern) -> Iterator[RequestPattern]:
    """Yield the questions about single actions, where there are several and not too many."""
    names = action_index().names(asked_bits(pattern.actions))
    if 1 < len(names) <= _MOST_ACTIONS:
        yield from (pattern._replace(actions=(name,)) for name in names)


def _everything(pattern: RequestPattern, principal: Principal | None) -> EffectiveAccess:
    """Return an access that allows the requests of a pattern, whatever their keys."""
    statement = Statement(
        "Allow",
        Patterns(tuple(Pattern((action,)) for action in pattern.actions)),
        Patterns(pattern.resources or (Pattern(("*",)),)),
    )
    document = PolicyDocument((statement,))
    policy = Policy("", "", "identity", document, "concrete", None)
    whole = EffectiveAccess(identity=(policy,), caller_kind="role")
    if principal is None:
        return whole
    return whole._replace(caller_kind=principal.kind, caller_arn=principal.arn)
