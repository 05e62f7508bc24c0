"""Say who acts: a principal with its access, and what becomes of it when somebody changes that."""

from dataclasses import replace
from functools import lru_cache

from leastwise.graph.calls.grants import Actor
from leastwise.graph.calls.people import managed_by_customer
from leastwise.iam.policy import Pattern, Patterns, PolicyDocument, Statement
from leastwise.iam.project import Policy, Principal
from leastwise.semantics.effective import access_of
from leastwise.semantics.known import is_unseen, known_part

_EVERYTHING = Patterns((Pattern(("*",)),))
ALL_ALLOWED = Policy(
    address="",
    attribute="",
    kind="identity",
    document=PolicyDocument((Statement("Allow", _EVERYTHING, _EVERYTHING),)),
    resolution="concrete",
    span=None,
)
"""What whoever may write its own policies may write."""


def actor_of(principal: Principal) -> Actor:
    """Return a principal as it is declared, as far as its policies are known."""
    whole = access_of(principal)
    access = whole._replace(identity=tuple(map(known_part, whole.identity)), open=False)
    unseen = access.boundary is not None and is_unseen(access.boundary[0].document)
    return Actor(
        arn=principal.arn,
        kind=principal.kind,
        access=access._replace(boundary=None) if unseen else access,
        account=principal.id.account,
        principal=principal,
        policies=managed_by_customer(principal),
        groups=principal.groups,
        unseen=unseen,
    )


def all_allowed(actor: Actor) -> Actor:
    """Return an actor whose own policies allow everything: its boundary and SCPs remain."""
    return actor._replace(access=actor.access._replace(identity=(ALL_ALLOWED,)), policies=())


def bare(actor: Actor, limit: Policy | None = None) -> Actor:
    """Return a principal that an actor makes in its account, with that permissions boundary."""
    bound = None if limit is None else (limit,)
    access = actor.access._replace(boundary=bound, identity=())
    return actor._replace(access=access, principal=None, policies=(), groups=(), unseen=False)


def without_boundary(actor: Actor) -> Actor:
    """Return an actor whose permissions boundary was removed."""
    return actor._replace(access=actor.access._replace(boundary=None), unseen=False)


def without_denies(actor: Actor) -> Actor:
    """Return an actor whose own policies deny nothing."""
    identity = tuple(_without_denies(policy) for policy in actor.access.identity)
    return actor._replace(access=actor.access._replace(identity=identity))


@lru_cache(maxsize=8192)
def _without_denies(policy: Policy) -> Policy:
    kept = tuple(s for s in policy.document.statements if s.effect != "Deny")
    return replace(policy, document=replace(policy.document, statements=kept))


def joined_with(actor: Actor, groups: list[Principal]) -> Actor:
    """Return a user that has joined groups: it has their policies beside its own."""
    added = tuple(known_part(a.policy) for group in groups for a in group.attachments)
    access = actor.access._replace(identity=tuple(dict.fromkeys((*actor.access.identity, *added))))
    held = (*actor.policies, *(p for group in groups for p in managed_by_customer(group)))
    names = (*actor.groups, *(group.address for group in groups))
    return actor._replace(access=access, policies=held, groups=names)
