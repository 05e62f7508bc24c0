"""Show that a project read from edited text grants nothing that it did not grant before.

The first form of the check compares documents, layer by layer, as multisets: every principal
holds a part of the Allow documents that it held, every Deny, boundary and trust policy stays
as it was, every other policy stays as it was. That suffices for an edit that detaches a policy
and is sound for any: whatever it can't show equal or gone, it refuses.
"""

from collections import Counter
from collections.abc import Iterable

from leastwise.iam.policy import PolicyDocument
from leastwise.iam.project import Policy, Principal, Project


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
            reason = _principal_widened(old, new)
            if reason is not None:
                return f"{new.address}: {reason}"
    return _standing_policies_changed(before, after)


def _by_key(principals: Iterable[Principal]) -> dict[tuple[str, object], list[Principal]]:
    found: dict[tuple[str, object], list[Principal]] = {}
    for principal in principals:
        found.setdefault(_key(principal), []).append(principal)
    return found


def _key(principal: Principal) -> tuple[str, object]:
    return principal.address, principal.id.account


def _principal_widened(before: Principal, after: Principal) -> str | None:
    old = Counter(a.policy.document for a in before.attachments)
    new = Counter(a.policy.document for a in after.attachments)
    if new - old:
        return "it holds a policy that it did not hold"
    for document in old - new:
        if not _only_allows(document):
            return "a policy that is taken away may hold a Deny"
    if after.attachments_open and not before.attachments_open:
        return "it may hold further policies that are not in view"
    if before.boundary is not None and (
        after.boundary is None or after.boundary.policy.document != before.boundary.policy.document
    ):
        return "its permissions boundary changed"
    if _document(before.trust) != _document(after.trust):
        return "its trust policy changed"
    return None


def _document(policy: Policy | None) -> PolicyDocument | None:
    return None if policy is None else policy.document


def _only_allows(document: PolicyDocument) -> bool:
    return document.opaque is None and all(s.effect == "Allow" for s in document.statements)


def _standing_policies_changed(before: Project, after: Project) -> str | None:
    """Compare every document that stands in the source, attached or not."""
    old, new = _standing(before.policies), _standing(after.policies)
    for key in new - old:
        return f"the policy of {key[0]} changed"
    for address, _, kind, document in old - new:
        if kind != "identity" or not _only_allows(document):
            return f"the policy of {address} changed"
    return None


def _standing(
    policies: Iterable[Policy],
) -> Counter[tuple[str, str, str, PolicyDocument]]:
    return Counter(
        (p.address, p.attribute, p.kind, p.document) for p in policies if not p.aws_managed
    )
