"""Tell which principals and policies an edit concerns: those that read differently after it.

All others hold the documents that they held, under the same boundary and trust policy. What
rules find of them can change only through whom they can become, and those hold the same or less
where ``narrowing`` has nothing to object.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import NamedTuple, TypeAlias, TypeVar

from leastwise.iam.project import Account, Attachment, Policy, Principal, Project
from leastwise.rules.cases import Case

PrincipalKey: TypeAlias = tuple[str, Account]
PolicyKey: TypeAlias = tuple[str, str]
_Declared = TypeVar("_Declared", bound=Principal | Policy)


class Difference(NamedTuple):
    """Hold principals (address and account) and policies (address and attribute).

    ``kept`` are the objects, by identity, of roots that were not read again: they are concerned
    by nothing, though roots of other folders use the same addresses.
    """

    principals: frozenset[PrincipalKey]
    policies: frozenset[PolicyKey]
    kept: frozenset[int] = frozenset()

    def concerns(self, case: Case) -> bool:
        """Say whether the subject of a case, or one who holds it, is among them."""
        own = () if case.principal is None else (case.principal,)
        if any(self._has_principal(p) for p in (*own, *case.holders)):
            return True
        policy = case.policy
        return (
            policy is not None
            and id(policy) not in self.kept
            and _policy_key(policy) in self.policies
        )

    def read_again(self, project: Project) -> Project:
        """Return the part of a project that is not kept, in which all lies that is concerned."""
        return project._replace(
            principals=tuple(p for p in project.principals if id(p) not in self.kept),
            policies=tuple(p for p in project.policies if id(p) not in self.kept),
        )

    def _has_principal(self, principal: Principal) -> bool:
        return id(principal) not in self.kept and _principal_key(principal) in self.principals


def difference(before: Project, after: Project) -> Difference:
    """Compare what two readings of a project declare, wherever in the files it stands."""
    principals = _unlike(before.principals, after.principals, _principal)
    policies = _unlike(before.policies, after.policies, _policy)
    kept = {*map(id, before.principals), *map(id, before.policies)}
    kept &= {*map(id, after.principals), *map(id, after.policies)}
    return Difference(
        frozenset(map(_principal_key, principals)),
        frozenset(map(_policy_key, policies)),
        frozenset(kept),
    )


def _unlike(
    before: Sequence[_Declared],
    after: Sequence[_Declared],
    content: Callable[[_Declared], Hashable],
) -> Iterator[_Declared]:
    """Yield what one side has and the other has not, or not as often."""
    # Roots that the edit does not touch were not read again: the objects are the same.
    same = set(map(id, before)) & set(map(id, after))
    old: list[tuple[Hashable, _Declared]] = [(content(x), x) for x in before if id(x) not in same]
    new: list[tuple[Hashable, _Declared]] = [(content(x), x) for x in after if id(x) not in same]
    counts = Counter(said for said, _ in old)
    counts.subtract(said for said, _ in new)
    for said, declared in (*old, *new):
        if counts[said]:
            yield declared


def _principal_key(principal: Principal) -> PrincipalKey:
    return principal.address, principal.id.account


def _policy_key(policy: Policy) -> PolicyKey:
    return policy.address, policy.attribute


def _principal(principal: Principal) -> Hashable:
    return (
        principal.address,
        principal.id,
        principal.arn,
        tuple(map(_attachment, principal.attachments)),
        principal.boundary and _attachment(principal.boundary),
        principal.trust and _policy(principal.trust),
        principal.attachments_open,
    )


def _attachment(attachment: Attachment) -> Hashable:
    return attachment.how, attachment.via, _policy(attachment.policy)


def _policy(policy: Policy) -> Hashable:
    return (
        _policy_key(policy),
        policy.kind,
        policy.arn,
        policy.aws_managed,
        policy.consumption,
        policy.document,
    )
