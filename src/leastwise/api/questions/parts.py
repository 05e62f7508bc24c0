"""List what decides a question about a tree: the accesses to ask, each with its part of it."""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.api.carriers import Part, parts_of
from leastwise.api.carriers import Target as Carrier
from leastwise.api.questions.requester import Asker
from leastwise.api.questions.target import Target
from leastwise.api.strangers import Stranger
from leastwise.iam.project import Policy, Principal
from leastwise.semantics.actions import action_index
from leastwise.semantics.callers import callers_of
from leastwise.semantics.effective import access_of
from leastwise.semantics.given import kind_of_caller
from leastwise.semantics.model import EffectiveAccess, RequestPattern
from leastwise.semantics.principals import principal_matches

TRUST_ACTIONS = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetSourceIdentity",
    "sts:TagSession",
)
"""What the trust policy of a role decides; all else on a role is not its business."""


class Way(NamedTuple):
    """Hold a part of a question with the access that decides it; ``exact`` as in ``Part``."""

    access: EffectiveAccess
    pattern: RequestPattern
    carrier: Carrier | None = None
    exact: bool = True


def ways_to(action: str, asker: Asker, target: Target) -> Iterator[Way]:
    """Yield the accesses to ask, each with the part of the question that concerns it."""
    whole = RequestPattern(actions=(action,), resources=target.patterns)
    carriers = target.carriers
    if asker.principal is None:
        if asker.stranger is not None:
            for carrier in (*carriers, *target.bare):
                yield from _from_outside(asker.stranger, carrier, target, whole)
        return
    if not is_signed(action):
        return
    access, alone = access_of(asker.principal), False
    if not target.is_one:
        # What a policy that does not let the caller in can do is deny: that is looked at later.
        carriers = tuple(c for c in carriers if lets_in(c.policy, asker.principal))
    for part in _parts(access, target, carriers):
        alone = alone or part.target is None
        yield Way(part.access, _about(part, whole), part.target, part.exact)
    if not alone and _is_wild(action):
        yield Way(access, whole)


def _parts(
    access: EffectiveAccess, target: Target, carriers: tuple[Carrier, ...]
) -> Iterator[Part]:
    """Split the question, but for resources that are perhaps the one that is named."""
    for part in parts_of(access, target.patterns, carriers):
        other = part.target is not None and part.target.arn is not None and not part.exact
        if not (target.is_one and other):
            yield part


def is_signed(action: str) -> bool:
    """Say whether principals make a call with credentials, and not with a provider's token."""
    kinds = callers_of(action)
    return kinds is None or "AWS" in kinds


def lets_in(policy: Policy, principal: Principal) -> bool:
    """Say whether a policy allows something to a principal, by what is known of both."""
    return any(
        statement.effect != "Deny" and principal_matches(statement, "AWS", principal.arn.pieces)
        for statement in policy.document.statements
    )


def _is_wild(action: str) -> bool:
    return "*" in action or "?" in action


def _about(part: Part, whole: RequestPattern) -> RequestPattern:
    """Narrow a question to a part of it: of a role's trust policy few actions are asked."""
    actions = whole.actions
    if part.target is not None and part.target.policy.kind == "trust" and _is_wild(actions[0]):
        index = action_index()
        asked = index.bits(actions[0])
        actions = tuple(name for name in TRUST_ACTIONS if index.bits(name) & asked)
    return whole._replace(actions=actions, resources=part.resources)


def _from_outside(
    stranger: Stranger, carrier: Carrier, target: Target, whole: RequestPattern
) -> Iterator[Way]:
    name = stranger.caller.name.literal or ""
    signed = stranger.caller.type == "AWS" and not stranger.unsigned
    access = EffectiveAccess(
        trust=carrier.policy,
        caller_kind=kind_of_caller(name) if signed else None,
        caller_arn=stranger.caller.name if signed else None,
    )
    for part in _parts(access, target, (carrier,)):
        if part.target is not None:
            pattern = _about(part, whole)._replace(principal=stranger.caller)
            yield Way(access, pattern, carrier, part.exact)
