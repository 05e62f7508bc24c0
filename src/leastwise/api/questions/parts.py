"""List what decides a question about a tree: the accesses to ask, each with its part of it."""

from collections.abc import Iterator

from leastwise.api.carriers import Carrier, Part, admits, parts_of, trust_actions
from leastwise.api.outsiders import Outsider
from leastwise.api.questions.requester import Requester
from leastwise.api.questions.target import Target
from leastwise.semantics.callers import callers_of
from leastwise.semantics.effective import access_of
from leastwise.semantics.given import kind_of_caller
from leastwise.semantics.globs import has_wildcard
from leastwise.semantics.model import EffectiveAccess, RequestPattern


def parts_for(action: str, requester: Requester, target: Target) -> Iterator[Part]:
    """Yield the accesses to ask, each with the part of the question that concerns it."""
    whole = RequestPattern(actions=(action,), resources=target.patterns)
    carriers = target.carriers
    if requester.principal is None:
        if requester.outsider is not None:
            for carrier in (*carriers, *target.bare):
                yield from _from_outside(requester.outsider, carrier, target, whole)
        return
    if not is_signed(action):
        return
    access, alone = access_of(requester.principal), False
    if not target.is_one:
        # What a policy that does not let the caller in can do is deny: that is looked at later.
        carriers = tuple(c for c in carriers if admits(c.policy, requester.principal.arn.pieces))
    for part in _parts(Part(access, whole), target, carriers):
        alone = alone or part.carrier is None
        yield part
    if not alone and has_wildcard(action):
        yield Part(access, whole)


def _parts(whole: Part, target: Target, carriers: tuple[Carrier, ...]) -> Iterator[Part]:
    """Split the question, but for resources that are perhaps the one that is named."""
    for part in parts_of(whole.access, whole.pattern, carriers):
        other = part.carrier is not None and part.carrier.arn is not None and not part.exact
        if not (target.is_one and other):
            yield part._replace(pattern=_about(part))


def is_signed(action: str) -> bool:
    """Say whether principals make a call with credentials, and not with a provider's token."""
    kinds = callers_of(action)
    return kinds is None or "AWS" in kinds


def _about(part: Part) -> RequestPattern:
    """Return what is asked of a part: of a role's trust policy few actions are."""
    actions = part.pattern.actions
    if part.carrier is None or part.carrier.policy.kind != "trust" or not has_wildcard(actions[0]):
        return part.pattern
    return part.pattern._replace(actions=trust_actions(actions))


def _from_outside(
    outsider: Outsider, carrier: Carrier, target: Target, whole: RequestPattern
) -> Iterator[Part]:
    name = outsider.caller.name.literal or ""
    signed = outsider.caller.type == "AWS" and not outsider.unsigned
    access = EffectiveAccess(
        trust=carrier.policy,
        caller_kind=kind_of_caller(name) if signed else None,
        caller_arn=outsider.caller.name if signed else None,
    )
    for part in _parts(Part(access, whole), target, (carrier,)):
        if part.carrier is not None:
            pattern = part.pattern._replace(principal=outsider.caller)
            yield part._replace(access=access, pattern=pattern)
