"""Decide one request: the small, literal evaluator that judges everything else here.

Order (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html):
an explicit Deny anywhere wins; then an identity policy must allow, then the boundary if there is
one. For a role's trust policy the trust policy alone must allow, which is the layer answered
here. Not modelled: session policies, SCPs, RCPs and endpoint policies.

Documents are concrete (see ``valuation``); where something is nevertheless not known (an opaque
document, an operator AWS does not define, a contested wildcard), ``unknown`` says for whom it
counts.
"""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple, TypeAlias

from leastwise.iam.policy import Pattern, Patterns, PolicyDocument, Statement
from leastwise.iam.project import Policy
from leastwise.semantics.conditions import evaluate, key_of
from leastwise.semantics.model import Deciding, Decision, EffectiveAccess, Layer, Request
from leastwise.semantics.pattern import (
    Lookup,
    Pieces,
    Variable,
    action_matches,
    resource_matches,
    tokenize,
)
from leastwise.semantics.principals import principal_matches
from leastwise.semantics.truth import Truth, all_of, negate

Unknowns: TypeAlias = Literal["against", "for"]
"""Whether what is not known counts against the request (it fails Allow, meets Deny) or for it."""

WHOLE_DOCUMENT = -1
"""The statement number that stands for an unknown part of a document."""


class Match(NamedTuple):
    """Hold how a statement meets a request, and the keys it asked for in vain."""

    truth: Truth
    action: Pattern | None = None
    resource: Pattern | None = None
    missing: tuple[str, ...] = ()


def context_lookup(request: Request) -> Lookup:
    """Return what policy variables stand for: single-valued keys of the request, or defaults."""
    context = dict(request.context)

    def look(variable: Variable) -> Pieces | None:
        values = context.get(variable.key, ())
        if len(values) == 1:
            return (values[0],)
        return (variable.default,) if variable.default is not None and not values else None

    return look


def variables_live(document: PolicyDocument) -> bool:
    """Tell whether ``${...}`` is a variable: only in version 2012-10-17."""
    return document.version == "2012-10-17"


def match_statement(statement: Statement, request: Request, lookup: Lookup | None) -> Match:
    """Match a request against one statement; ``lookup`` None: variables are not live."""
    truth, action = _element(statement.actions, lambda p: action_matches(p.pieces, request.action))
    if truth is False:
        return Match(False)
    resource: Pattern | None = None
    if statement.resources is not None:
        fits, resource = _element(
            statement.resources,
            lambda p: resource_matches(p.pieces, (request.resource,), lookup),
        )
        if fits and _unresolved(statement.resources, lookup):
            fits = None
        truth = all_of((truth, fits))
    caller = principal_matches(statement, request.principal.type, (request.principal.name,))
    truth = all_of((truth, caller))
    if truth is False:
        return Match(False)
    conditions, missing = _conditions(statement, request, lookup)
    certain = None if statement.when or statement.conditions_tail else True
    return Match(all_of((truth, conditions, certain)), action, resource, missing)


def _element(patterns: Patterns, match: Callable[[Pattern], Truth]) -> tuple[Truth, Pattern | None]:
    first: Pattern | None = None
    verdict: Truth = None if patterns.tail is not None else False
    for pattern in patterns.globs:
        found = match(pattern)
        if found:
            verdict, first = True, pattern
            break
        if found is None:
            verdict, first = None, first or pattern
    if patterns.negated:
        return negate(verdict), None
    return verdict, first


def _unresolved(patterns: Patterns, lookup: Lookup | None) -> bool:
    # "The resource that includes a policy variable with no value will not match any resource",
    # in Resource or NotResource (reference_policies_variables.html): that may mean that such an
    # entry of NotResource spares nothing, or that its statement does not apply.
    if lookup is None or not patterns.negated:
        return False
    return any(tokenize(p.pieces, lookup) is None for p in patterns.globs)


def _conditions(
    statement: Statement, request: Request, lookup: Lookup | None
) -> tuple[Truth, tuple[str, ...]]:
    context = dict(request.context)
    verdicts: list[Truth] = []
    missing: list[str] = []
    for condition in statement.conditions:
        key = key_of(condition) or ""
        values = context.get(key)
        if values is None:
            missing.append(key)
        pieces = None if values is None else tuple((v,) for v in values)
        verdicts.append(evaluate(condition, pieces, lookup))
    return all_of(verdicts), tuple(missing)


class _Verdict(NamedTuple):
    """Gather what one layer says."""

    allows: tuple[Deciding, ...]
    denies: tuple[Deciding, ...]
    allowed: bool
    denied: bool
    missing: tuple[str, ...]


def _judge(
    request: Request, policies: tuple[Policy, ...], layer: Layer, unknown: Unknowns
) -> _Verdict:
    allows: list[Deciding] = []
    denies: list[Deciding] = []
    missing: list[str] = []
    for policy in policies:
        for effect, index, match in _matches(policy, request):
            missing += match.missing
            deciding = Deciding(layer, policy, index, match.action, match.resource)
            sure = match.truth is True and effect != "Unknown"
            possible = match.truth is not False
            if effect != "Deny" and (sure or (possible and unknown == "for")):
                allows.append(deciding)
            if effect != "Allow" and (sure or (possible and unknown == "against")):
                denies.append(deciding)
    names = tuple(dict.fromkeys(missing))
    return _Verdict(tuple(allows), tuple(denies), bool(allows), bool(denies), names)


def _matches(policy: Policy, request: Request) -> Iterator[tuple[str, int, Match]]:
    lookup = context_lookup(request) if variables_live(policy.document) else None
    for index, statement in enumerate(policy.document.statements):
        yield statement.effect, index, match_statement(statement, request, lookup)
    if policy.document.opaque is not None:
        yield "Unknown", WHOLE_DOCUMENT, Match(None)


def decide(request: Request, access: EffectiveAccess, unknown: Unknowns = "against") -> Decision:
    """Say what AWS answers to a request under the layers of ``access``.

    With ``access.trust`` set, the trust policy alone decides. ``unknown`` says for whom counts
    what the documents leave open. An explicit Deny names its statements, an allowed request
    the statements that allow it, layer by layer.
    """
    if access.trust is not None:
        layers = [_judge(request, (access.trust,), "trust", unknown)]
        names: tuple[Layer, ...] = ("trust",)
    else:
        layers = [_judge(request, access.identity, "identity", unknown)]
        names = ("identity", "boundary")
        if access.boundary is not None:
            layers.append(_judge(request, access.boundary, "boundary", unknown))
    missing = tuple(dict.fromkeys(k for v in layers for k in v.missing))
    open_layer = access.open and access.trust is None
    for name, verdict in zip(names, layers, strict=False):
        if verdict.denied or (open_layer and unknown == "against"):
            return Decision("explicitly-denied", name, verdict.denies, missing)
    for name, verdict in zip(names, layers, strict=False):
        if not verdict.allowed and not (open_layer and name == "identity"):
            return Decision("implicitly-denied", name, (), missing)
    return Decision("allowed", None, tuple(d for v in layers for d in v.allows), missing)
