"""Decide one request: the small, literal evaluator that judges everything else here.

Order (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html):
an explicit Deny of any layer wins; then every layer must allow that ``evaluation`` requires for
this caller and this resource; SCPs must allow at every level, and so must a VPC endpoint policy.
RCPs only take away: AWS attaches RCPFullAWSAccess to every level.

Documents are concrete (see ``valuation``); where something is nevertheless not known (an opaque
document, an operator AWS does not define, a contested wildcard), ``unknown`` says for whom it
counts.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from leastwise.iam.policy import Effect, Pattern, Patterns, PolicyDocument, Statement
from leastwise.iam.project import Policy
from leastwise.semantics.aws_owned import is_refused
from leastwise.semantics.conditions import evaluate, key_of
from leastwise.semantics.entries import entries_for
from leastwise.semantics.evaluation import (
    ALWAYS_REQUIRED,
    UNSEEN,
    Grant,
    Situation,
    is_uncertain_caller,
    needs_no_permission,
    required_layers,
    situation_of,
    stronger,
    strongest_grant,
)
from leastwise.semantics.model import Deciding, Decision, EffectiveAccess, Layer, Request
from leastwise.semantics.pattern import Lookup, Pieces, Variable, tokenize
from leastwise.semantics.principals import principal_matches
from leastwise.semantics.readings import action_matches, resource_matches
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


_NO_MATCH = Match(False)
_REMEMBERED = 1 << 15
"""How many pairs of a string and a pattern are remembered: requests and policies repeat."""


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


def match_statement(
    statement: Statement, request: Request, lookup: Lookup | None, *, bounded: bool = False
) -> Match:
    """Match a request against one statement; ``lookup`` None: variables are not live.

    ``bounded``: the caller has a permissions boundary, which no NotPrincipal with Deny spares.
    """
    named = entries_for(statement.actions, request.action)
    truth, action = _element(statement.actions, named, lambda p: _action_fits(p, request.action))
    if truth is False:
        return _NO_MATCH
    resource: Pattern | None = None
    if statement.resources is not None:
        globs = statement.resources.globs
        fits, resource = _element(
            statement.resources, globs, lambda p: _resource_fits(p, request.resource, lookup)
        )
        if fits and _unresolved(statement.resources, lookup):
            fits = None
        truth = all_of((truth, fits))
    if statement.principals is not None:
        name = (request.principal.name,)
        caller = principal_matches(statement, request.principal.type, name, bounded=bounded)
        truth = all_of((truth, caller))
    if truth is False:
        return _NO_MATCH
    conditions, missing = _conditions(statement, request, lookup)
    certain = None if statement.when or statement.conditions_tail else True
    return Match(all_of((truth, conditions, certain)), action, resource, missing)


def _action_fits(pattern: Pattern, action: str) -> Truth:
    text = pattern.literal
    return action_matches(pattern.pieces, action) if text is None else _action_text(text, action)


@lru_cache(maxsize=_REMEMBERED)
def _action_text(text: str, action: str) -> Truth:
    return action_matches((text,), action)


def _resource_fits(pattern: Pattern, resource: str, lookup: Lookup | None) -> Truth:
    text = pattern.literal
    if text is not None and (lookup is None or "${" not in text):
        return _resource_text(text, resource)
    if text is not None and not resource.lower().startswith(_head(text)):
        return False
    fits = resource_matches(pattern.pieces, (resource,), lookup)
    return None if fits and text is not None and _in_front(text) else fits


def _in_front(text: str) -> bool:
    # "You can't use a policy variable to replace parts of the ARN before the fifth colon"
    # (reference_policies_variables.html): what AWS makes of one there is not said.
    return text.count(":", 0, text.find("${")) < 5


@lru_cache(maxsize=_REMEMBERED)
def _head(text: str) -> str:
    """Return the characters before the first variable or wildcard, in lower case."""
    ends = (text.find(mark) for mark in ("${", "*", "?"))
    return text[: min(end for end in ends if end >= 0)].lower()


@lru_cache(maxsize=_REMEMBERED)
def _resource_text(text: str, resource: str) -> Truth:
    return resource_matches((text,), (resource,))


def _element(
    patterns: Patterns, globs: Iterable[Pattern], match: Callable[[Pattern], Truth]
) -> tuple[Truth, Pattern | None]:
    """Match an element by those of its strings that may match."""
    first: Pattern | None = None
    verdict: Truth = None if patterns.tail is not None else False
    for pattern in globs:
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
    if not statement.conditions:
        return True, ()
    context = dict(request.context)
    verdicts: list[Truth] = []
    missing: list[str] = []
    for condition in statement.conditions:
        key = key_of(condition) or ""
        values = context.get(key)
        if values is None:
            missing.append(key)
        pieces = None if values is None else tuple((v,) for v in values)
        truth = evaluate(condition, pieces, lookup)
        if truth and values == () and condition.operator.quantifier != "ForAllValues":
            truth = None  # Whether a key without values counts as missing is not documented.
        verdicts.append(truth)
    return all_of(verdicts), tuple(missing)


class _Asked(NamedTuple):
    """Hold a request with what all layers use of it."""

    request: Request
    lookup: Lookup
    unknown: Unknowns
    bounded: bool = False


class _Verdict(NamedTuple):
    """Gather what one layer says; ``grant`` is how far a resource policy's Allow reaches."""

    layer: Layer
    allows: tuple[Deciding, ...] = ()
    denies: tuple[Deciding, ...] = ()
    missing: tuple[str, ...] = ()
    grant: Grant | None = None


def _judge(asked: _Asked, layer: Layer, policies: tuple[Policy, ...]) -> _Verdict:
    allows: list[Deciding] = []
    denies: list[Deciding] = []
    missing: tuple[str, ...] = ()
    grant: Grant | None = None
    favourable = asked.unknown == "for"
    for policy in policies:
        for statement, effect, index, match in _matches(policy, layer, asked):
            missing += match.missing
            if match.truth is False:
                continue
            deciding = Deciding(layer, policy, index, match.action, match.resource)
            sure = match.truth is True and effect != "Unknown"
            if effect != "Deny" and (sure or favourable):
                allows.append(deciding)
                if layer == "resource":
                    grant = stronger(grant, _grant(statement, asked))
            if effect != "Allow" and (sure or not favourable):
                denies.append(deciding)
    return _Verdict(layer, tuple(allows), tuple(denies), missing, grant)


def _matches(
    policy: Policy, layer: Layer, asked: _Asked
) -> Iterator[tuple[Statement | None, Effect, int, Match]]:
    request = asked.request
    lookup = asked.lookup if variables_live(policy.document) else None
    for index, statement in enumerate(policy.document.statements):
        match = match_statement(statement, request, lookup, bounded=asked.bounded)
        if match.truth and layer == "endpoint" and is_uncertain_caller(statement, request.action):
            match = match._replace(truth=None)
        yield statement, statement.effect, index, match
    if policy.document.opaque is not None:
        yield None, "Unknown", WHOLE_DOCUMENT, Match(None)


def _grant(statement: Statement | None, asked: _Asked) -> Grant | None:
    if statement is None:
        return "final"
    caller = asked.request.principal
    return strongest_grant(statement, caller.type, (caller.name,), wide=asked.unknown == "for")


def decide(request: Request, access: EffectiveAccess, unknown: Unknowns = "against") -> Decision:
    """Say what AWS answers to a request under the layers of ``access``.

    With ``access.trust`` set, that document alone decides. The resource's own policy is asked
    when ``access.resource`` or ``access.resource_account`` is set: then a request from another
    account, or for a role or a key, needs it. ``unknown`` says for whom counts what the
    documents leave open. An explicit Deny names its statements, an allowed request the
    statements that allow it, layer by layer.
    """
    if access.trust is not None:
        asked = _Asked(request, context_lookup(request), unknown)
        return _combined((_judge(asked, "trust", (access.trust,)),), ("trust",))
    if needs_no_permission(request):
        return Decision("allowed")
    situation = situation_of(request, access, favourable=unknown == "for")
    verdicts = tuple(_verdicts(request, access, situation, unknown))
    grant = next((v.grant for v in verdicts if v.layer == "resource"), None)
    found = _combined(verdicts, required_layers(grant, situation))
    if found.outcome != "allowed":
        return found
    refused = is_refused(request.action, request.resource)
    if refused or (refused is None and unknown == "against"):
        return Decision("implicitly-denied", None, (), found.missing_keys)
    return found


def _verdicts(
    request: Request, access: EffectiveAccess, situation: Situation, unknown: Unknowns
) -> Iterator[_Verdict]:
    asked = _Asked(request, context_lookup(request), unknown)
    if situation.standing == "identity":
        policies = (*access.identity, UNSEEN) if access.open else access.identity
        yield _judge(asked, "identity", policies)
        if access.boundary is not None:
            yield _judge(asked, "boundary", access.boundary)
    if situation.session is not None:
        yield _judge(asked, "session", situation.session)
    if situation.bound_by_scps:
        for level in access.scps:
            yield _judge(asked, "scp", level)
    if situation.reached_by_rcps:
        for level in access.rcps:
            yield _judge(asked, "rcp", level)
    if access.resource is not None:
        bounded = asked._replace(bounded=access.boundary is not None)
        yield _judge(bounded, "resource", (access.resource,))
    if access.endpoint is not None:
        yield _judge(asked, "endpoint", access.endpoint)


def _combined(verdicts: tuple[_Verdict, ...], required: tuple[Layer, ...] | None) -> Decision:
    """Combine what the layers say; ``required`` None: denied whatever else allows."""
    missing = tuple(dict.fromkeys(k for v in verdicts for k in v.missing))
    for verdict in verdicts:
        if verdict.denies:
            return Decision("explicitly-denied", verdict.layer, verdict.denies, missing)
    if required is None:
        return Decision("implicitly-denied", "resource", (), missing)
    needed = tuple(v for v in verdicts if v.layer in required or v.layer in ALWAYS_REQUIRED)
    for verdict in needed:
        if not verdict.allows:
            return Decision("implicitly-denied", verdict.layer, (), missing)
    return Decision("allowed", None, tuple(d for v in needed for d in v.allows), missing)
