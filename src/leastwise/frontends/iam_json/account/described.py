"""Hold what the files of one account say of its principals and policies, before it is tied.

Several files may describe one principal: a dump says all, ``get-role`` more than ``list-roles``,
and the names of attached policies stand in files of their own.
"""

from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, TypeAlias

from leastwise.iam.declarations import PolicyReference, PrincipalDeclaration
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Attachment, Policy, PrincipalId, PrincipalKind
from leastwise.source.span import Span
from leastwise.source.value import Mapping, Text

Aspect: TypeAlias = Literal["boundary", "inline", "managed", "groups"]

ALL: frozenset[Aspect] = frozenset(("boundary", "inline", "managed", "groups"))

LISTED, FETCHED, DUMPED = 1, 2, 3
"""How much an output says of a principal: ``list-roles``, ``get-role``, a dump."""


@dataclass(slots=True, eq=False, repr=False)
class Described:
    """Collect what all outputs together say of one principal.

    ``known`` are the aspects of which all is in view. ``rank`` is that of the best output.
    """

    id: PrincipalId
    address: str
    arn: Pattern
    span: Span | None
    rank: int
    trust: Policy | None = None
    boundary: PolicyReference | None = None
    inline: dict[str, Attachment] = field(default_factory=dict)
    managed: dict[str, PolicyReference] = field(default_factory=dict)
    groups: dict[str, Pattern] = field(default_factory=dict)
    tags: tuple[tuple[Text, Text], ...] = ()
    known: set[Aspect] = field(default_factory=set)

    def declaration(self) -> PrincipalDeclaration:
        """Return all of it as a declaration; what may be missing leaves the principal open.

        SOUND: over-approximates; a boundary that was not asked for is none, and the open
        principal is at most possible to do anything.
        """
        wanted = ALL if self.id.kind == "user" else ALL - {"groups"}
        if self.id.kind == "group":
            wanted -= {"boundary"}
        return PrincipalDeclaration(
            id=self.id,
            address=self.address,
            arn=self.arn,
            span=self.span,
            trust=self.trust,
            boundary=self.boundary,
            inline=tuple(self.inline.values()),
            managed=tuple(self.managed.values()),
            groups=tuple(self.groups.values()),
            tags=self.tags,
            open=not wanted <= self.known,
        )


def combined(one: Described, other: Described) -> Described:
    """Return what two outputs say of one principal; where both do, the fuller one counts."""
    best, rest = (one, other) if one.rank >= other.rank else (other, one)
    for aspect in ("inline", "managed", "groups"):
        if aspect not in best.known:
            setattr(best, aspect, {**getattr(rest, aspect), **getattr(best, aspect)})
    if "boundary" not in best.known and best.boundary is None:
        best.boundary = rest.boundary
    best.trust = best.trust or rest.trust
    best.tags = best.tags or rest.tags
    best.known |= rest.known
    return best


class About(NamedTuple):
    """Name a principal that an output is about by kind and name; ``mapping`` is the output."""

    kind: PrincipalKind
    name: str
    mapping: Mapping


@dataclass(slots=True, eq=False, repr=False)
class Managed:
    """Hold a managed policy: ``attached`` by AWS's own count, its document where it is known."""

    arn: str
    attached: bool = False
    policy: Policy | None = None

    def settled(self, policy: Policy) -> Policy:
        """Trust AWS's own count where the files do not show who holds the policy.

        No attachment refers to an unattached policy, so replacing it breaks no identity.
        """
        if policy.consumption == "unattached" and self.attached:
            return replace(policy, consumption="attached")
        return policy
