"""Show that a project read from edited text grants nothing that it did not grant before.

Layer by layer: what the policies of a layer allow shrinks or stays, what they deny grows or
stays, for every principal and every policy that stands in the source by itself. Layers are not
weighed against each other, because some that take part (resource policies, those of an
organization) may not be in view.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import zip_longest
from typing import Literal

from leastwise.iam.policy import PolicyDocument
from leastwise.iam.project import Attachment, Policy, Principal, Project
from leastwise.semantics.model import Counterexample, EffectiveAccess, Proof, Undecided

_GIVING = ("identity", "resource", "trust")
"""Kinds of policies whose absence grants nothing; the others take away by being there."""


def widened_by(before: Project, after: Project) -> str | None:
    """Return the first reason why ``after`` may grant more than ``before``, or None.

    SOUND: over-cautious; a reason does not mean that access grew, None means that it did not.
    """
    held = _by_key(before.principals)
    for key, principals in _by_key(after.principals).items():
        former = held.get(key, [])
        if len(principals) > len(former):
            return f"{key[0]} is new"
        # Namesakes (a count that is not known) are told apart by their order only.
        if len(principals) < len(former):
            return f"one of several {key[0]} is gone"
        for old, new in zip(former, principals, strict=False):
            # Roots that the edit does not touch were not read again: the objects are the same.
            reason = None if old is new else _principal_widened(old, new)
            if reason is not None:
                return f"{new.address}: {reason}"
    return _standing_policy_widened(before, after)


def _by_key(principals: Iterable[Principal]) -> dict[tuple[str, object], list[Principal]]:
    found: dict[tuple[str, object], list[Principal]] = {}
    for principal in principals:
        found.setdefault(_key(principal), []).append(principal)
    return found


def _key(principal: Principal) -> tuple[str, object]:
    return principal.address, principal.id.account


def _principal_widened(before: Principal, after: Principal) -> str | None:
    if after.attachments_open and not before.attachments_open:
        return "it may hold further policies that are not in view"
    if before.boundary is not None and after.boundary is None:
        return "its permissions boundary is gone"
    layers = (
        ("its policies", _attached(before), _attached(after)),
        ("its boundary", _single(before.boundary), _single(after.boundary)),
        ("its trust policy", _row(before.trust), _row(after.trust)),
    )
    for name, old, new in layers:
        if name == "its boundary" and before.boundary is None:
            continue
        reason = layer_widened(old, new)
        if reason is not None:
            return f"{name} {reason}"
    return None


def _attached(principal: Principal) -> tuple[Policy, ...]:
    return tuple(a.policy for a in principal.attachments)


def _single(attachment: Attachment | None) -> tuple[Policy, ...]:
    return () if attachment is None else (attachment.policy,)


def _row(policy: Policy | None) -> tuple[Policy, ...]:
    return () if policy is None else (policy,)


def layer_widened(before: tuple[Policy, ...], after: tuple[Policy, ...]) -> str | None:
    """Say how the policies of one layer may allow more or deny less than before, or None."""
    old, new = Counter(p.document for p in before), Counter(p.document for p in after)
    if not new - old and all(map(_only_allows, old - new)):
        return None
    from leastwise.semantics.compare import implies

    allowed = implies(_only(after, "Allow"), _only(before, "Allow"))
    if not isinstance(allowed, Proof):
        return _words("would allow", allowed)
    denied = implies(_only(before, "Deny"), _only(after, "Deny"))
    return None if isinstance(denied, Proof) else _words("would no longer deny", denied)


def _only_allows(document: PolicyDocument) -> bool:
    return document.opaque is None and all(s.effect == "Allow" for s in document.statements)


def _only(policies: tuple[Policy, ...], effect: Literal["Allow", "Deny"]) -> EffectiveAccess:
    """Return what the statements of one effect match, as an access that they allow."""
    kept = tuple(replace(p, document=_allowing(p.document, effect)) for p in policies)
    # Policies with principals decide alone; a layer never has more than one of them.
    if len(kept) == 1 and any(s.principals is not None for s in kept[0].document.statements):
        return EffectiveAccess(trust=kept[0])
    return EffectiveAccess(identity=kept)


def _allowing(document: PolicyDocument, effect: str) -> PolicyDocument:
    statements = tuple(
        s if s.effect == "Unknown" else replace(s, effect="Allow")
        for s in document.statements
        if s.effect in (effect, "Unknown")
    )
    return replace(document, statements=statements)


def _words(change: str, answer: Counterexample | Undecided) -> str:
    if isinstance(answer, Undecided):
        return f"may not be narrower: {answer.reason}"
    request = answer.request
    named = [s.principals for d in answer.deciding for s in d.policy.document.statements]
    who = f" to {request.principal.name}" if any(p is not None for p in named) else ""
    return f"{change} {request.action} on {request.resource}{who}"


def _standing_policy_widened(before: Project, after: Project) -> str | None:
    """Compare every document that stands in the source, attached or not."""
    old, new = _standing(before.policies), _standing(after.policies)
    # What a principal in view holds is judged with all that it holds.
    held = {id(a.policy) for p in after.principals for a in p.attachments}
    for key in dict.fromkeys((*old, *new)):
        former, latter = old.get(key, []), new.get(key, [])
        if any(id(policy) not in held for policy in latter[len(former) :]):
            return f"the policy of {key[0]} is new"
        if len(latter) < len(former) and key[2] not in _GIVING:
            return f"the policy of {key[0]} is gone"
        for one, other in zip_longest(former, latter[: len(former)]):
            reason = None if one is other else layer_widened(_row(one), _row(other))
            if reason is not None:
                return f"the policy of {key[0]} {reason}"
    return None


def _standing(policies: Iterable[Policy]) -> dict[tuple[str, str, str], list[Policy]]:
    found: dict[tuple[str, str, str], list[Policy]] = {}
    for policy in policies:
        if not policy.aws_managed:
            found.setdefault((policy.address, policy.attribute, policy.kind), []).append(policy)
    return found
