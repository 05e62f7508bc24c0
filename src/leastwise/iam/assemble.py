"""Tie declared principals, policies and attachments of one root together.

Front ends declare what they read; names and ARNs are patterns of pieces, and two of them name
the same thing when their pieces are equal (a symbol equals itself only). What a reference names
that is not declared is an AWS managed policy from the snapshot, or a policy not in view.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from leastwise.iam.declarations import (
    AttachmentDeclaration,
    MembershipDeclaration,
    PolicyReference,
    PrincipalDeclaration,
)
from leastwise.iam.links import PolicyLookup, PrincipalIndex, open_document_symbol, undeclared
from leastwise.iam.policy import Pattern, Patterns, PolicyDocument, PolicyKind, Statement
from leastwise.iam.project import Attachment, NotInView, Policy, Principal, Root
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.value import Assumption

if TYPE_CHECKING:
    from leastwise.iam.arns import Pieces

__all__ = [
    "Assembled",
    "AttachmentDeclaration",
    "MembershipDeclaration",
    "PolicyReference",
    "PrincipalDeclaration",
    "assemble",
    "open_document_symbol",
]

_ANYTHING = Patterns((Pattern(("*",)),))
_ALLOW_ALL = PolicyDocument((Statement("Allow", _ANYTHING, _ANYTHING),))
MAX_HELD = 100_000
"""How many attachments the principals of one root may hold, those of their groups included."""


class Assembled(NamedTuple):
    """Hold principals with all their attachments, and every policy with its consumption set."""

    principals: tuple[Principal, ...]
    policies: tuple[Policy, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    not_in_view: tuple[NotInView, ...] = ()


def assemble(
    root: Root,
    principals: Iterable[PrincipalDeclaration],
    policies: Iterable[Policy],
    attachments: Iterable[AttachmentDeclaration],
    memberships: Iterable[MembershipDeclaration],
    capping: Iterable[PolicyReference] = (),
) -> Assembled:
    """Give every principal its attachments and every policy its consumption.

    ``policies`` are those declared (managed ones with their ARN, builders, resource policies);
    inline and trust policies come with their declarations. The result's policies are all of
    these, not what was looked up (AWS managed policies, policies not in view). A role, user or
    group that an attachment names but nobody declares becomes a principal that may hold more;
    one whose name is unknown and equals no other becomes nobody. An attachment under assumptions
    holds a copy of its policy whose statements are under them too. ``capping`` refer to managed
    policies used as session policies, which grant nothing.
    """
    attaching, joining = tuple(attachments), tuple(memberships)
    declared = tuple(principals)
    declared += undeclared(root, declared, attaching)
    everything = _every_policy(tuple(policies), declared, attaching)
    lookup = PolicyLookup(root, everything)
    room = _Room(root)
    holdings = _holdings(declared, attaching, lookup, room)
    boundaries = _boundaries(declared, lookup)
    held = {id(h.attachment.policy) for own in holdings.values() for h in own}
    held |= _attached(attaching, lookup)
    limits: dict[int, PolicyKind] = {id(p): "session" for r in capping for p in lookup.named(r)}
    limits |= dict.fromkeys(_bounding(declared, boundaries.values(), lookup), "boundary")
    final = {id(p): _consumed(p, id(p) in held, limits.get(id(p))) for p in everything}
    people = _Final(final, holdings, boundaries)
    own = {id(d): people.principal(d) for d in declared}
    groups = _groups(declared, joining, room)
    return Assembled(
        principals=tuple(_with_groups(own[id(d)], groups[id(d)], own, room) for d in declared),
        policies=tuple(final[id(p)] for p in everything),
        diagnostics=tuple(room.diagnostics),
        not_in_view=tuple(lookup.not_in_view),
    )


def _bounding(
    declared: tuple[PrincipalDeclaration, ...], given: Iterable[Attachment], lookup: PolicyLookup
) -> set[int]:
    """Return the policies that are somebody's boundary, those too of which one is chosen."""
    chosen = (policy for one in declared for policy in _chosen(one, lookup))
    return {id(a.policy) for a in given} | {id(policy) for policy in chosen}


def _attached(attaching: tuple[AttachmentDeclaration, ...], lookup: PolicyLookup) -> set[int]:
    """Return the policies that somebody holds, those too whose holder's name is not known."""
    found: set[int] = set()
    for one in attaching:
        given = (one.policy,) if isinstance(one.policy, Policy) else lookup.policies(one.policy)
        found |= {id(policy) for policy in given}
    return found


def _every_policy(
    policies: tuple[Policy, ...],
    principals: tuple[PrincipalDeclaration, ...],
    attachments: tuple[AttachmentDeclaration, ...],
) -> tuple[Policy, ...]:
    """Return each declared policy once, in order of declaration."""
    found = list(policies)
    for one in principals:
        found += [one.trust] if one.trust is not None else []
        found += [attachment.policy for attachment in one.inline]
    found += [a.policy for a in attachments if isinstance(a.policy, Policy)]
    return tuple({id(policy): policy for policy in found}.values())


@dataclass(slots=True)
class _Room:
    """Bound how many attachments principals hold: many of one name hold each other's."""

    root: Root
    left: int = MAX_HELD
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def take(self, number: int, span: Span | None) -> bool:
        """Say whether so many more fit; the first time they do not is an error."""
        self.left -= number
        if self.left < 0 and not self.diagnostics:
            message = f"the principals of this root hold more than {MAX_HELD} attachments"
            remedy = "split the root; do principals share one name? The rest is not read"
            place = span or Span(self.root.path, 0, 0)
            self.diagnostics.append(Diagnostic("error", "too-large", place, message, remedy))
        return self.left >= 0


class _Held(NamedTuple):
    """Hold an attachment that is there only where ``when`` holds."""

    attachment: Attachment
    when: tuple[Assumption, ...] = ()


def _holdings(
    principals: tuple[PrincipalDeclaration, ...],
    attachments: tuple[AttachmentDeclaration, ...],
    lookup: PolicyLookup,
    room: _Room,
) -> dict[int, list[_Held]]:
    """Return what each declaration holds itself, before consumption is known."""
    found: dict[int, list[_Held]] = {}
    for one in principals:
        inline = [_Held(attachment) for attachment in one.inline]
        found[id(one)] = inline + [h for r in one.managed for h in _managed(r, lookup)]
    names = PrincipalIndex(principals)
    for attachment in attachments:
        holders = names.matching(attachment.kind, attachment.principal)
        held = _of_declaration(attachment, lookup) if holders else []
        if not room.take(len(holders) * len(held), attachment.span):
            break
        for holder in holders:
            found[id(holder)] += held
    return found


def _managed(reference: PolicyReference, lookup: PolicyLookup) -> list[_Held]:
    span, origin, removal = reference.span, reference.origin, reference.removal
    return [
        _Held(
            Attachment(
                policy, "managed", span, origin, removal=removal, rests_on=reference.rests_on
            ),
            reference.when,
        )
        for policy in lookup.policies(reference)
    ]


def _of_declaration(one: AttachmentDeclaration, lookup: PolicyLookup) -> list[_Held]:
    if isinstance(one.policy, Policy):
        attachment = Attachment(one.policy, "inline", one.span, one.origin, removal=one.removal)
        return [_Held(attachment)]
    span, removal = one.policy.span or one.span, one.policy.removal or one.removal
    return _managed(one.policy._replace(span=span, removal=removal), lookup)


def _consumed(policy: Policy, held: bool, limit: PolicyKind | None) -> Policy:
    if policy.consumption == "ignored":
        return policy
    if held:
        return replace(policy, consumption="attached")
    if limit is not None:
        return replace(policy, kind=limit, consumption="ignored")
    if policy.kind == "identity" and policy.arn is not None:
        return replace(policy, consumption="unattached")
    return policy


def _boundaries(
    principals: tuple[PrincipalDeclaration, ...], lookup: PolicyLookup
) -> dict[int, Attachment]:
    """Return the boundary of each declaration that has one.

    SOUND: over-approximates access; one whose reference is under an assumption is none.
    """
    found: dict[int, Attachment] = {}
    for one in principals:
        if one.boundary is not None and not one.boundary.when:
            found[id(one)] = lookup.boundary(one.boundary)
        elif one.boundaries:
            found[id(one)] = _of_all_worlds(one, lookup)
    return found


def _chosen(one: PrincipalDeclaration, lookup: PolicyLookup) -> list[Policy]:
    references = (reference for _, reference in one.boundaries if reference is not None)
    return [lookup.boundary(reference).policy for reference in references]


def _of_all_worlds(one: PrincipalDeclaration, lookup: PolicyLookup) -> Attachment:
    """Return boundaries that a test chooses from as one, whose statements are under the test.

    Where there is no boundary, one that allows everything stands for it.
    """
    first = next(reference for _, reference in one.boundaries if reference is not None)
    parts = {
        when: None if reference is None else lookup.boundary(reference).policy
        for when, reference in one.boundaries
    }
    known = list({id(p): p for p in parts.values() if p is not None}.values())
    documents = {
        when: _ALLOW_ALL if policy is None else policy.document for when, policy in parts.items()
    }
    statements = (
        replace(s, when=tuple(dict.fromkeys(s.when + when)))
        for when, document in documents.items()
        for s in document.statements
    )
    policy = replace(
        known[0],
        address=" or ".join(dict.fromkeys(p.address for p in known)),
        kind="boundary",
        consumption="ignored",
        document=replace(
            known[0].document,
            statements=tuple(statements),
            version=max(document.version for document in documents.values()),
            opaque=next((p.document.opaque for p in known if p.document.opaque), None),
        ),
    )
    return Attachment(policy, "managed", first.span, first.origin)


@dataclass(frozen=True, slots=True)
class _Final:
    """Make principals of the policies as they stand after consumption is set."""

    policies: dict[int, Policy]
    holdings: dict[int, list[_Held]]
    boundaries: dict[int, Attachment]
    guarded: dict[tuple[int, tuple[Assumption, ...]], Policy] = field(default_factory=dict)

    def policy(self, policy: Policy) -> Policy:
        return self.policies.get(id(policy), policy)

    def attachment(self, held: _Held) -> Attachment:
        """Return the attachment of the final policy, or of its copy for the worlds of ``when``."""
        policy = self.policy(held.attachment.policy)
        if held.when:
            policy = self.guarded.setdefault((id(policy), held.when), _guard(policy, held.when))
        return replace(held.attachment, policy=policy)

    def principal(self, one: PrincipalDeclaration) -> Principal:
        boundary = self.boundaries.get(id(one))
        return Principal(
            id=one.id,
            address=one.address,
            arn=one.arn,
            span=one.span,
            attachments=_kept(tuple(self.attachment(a) for a in self.holdings[id(one)])),
            boundary=None if boundary is None else self.attachment(_Held(boundary)),
            trust=None if one.trust is None else self.policy(one.trust),
            tags=one.tags,
            attachments_open=one.open,
            occurrence=one.occurrence,
            assignments=one.assignments,
        )


def _kept(attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    """Let inline policies of one name deny only if they are the one that AWS keeps.

    SOUND: over-approximates; what any of them allows counts.
    Source: PutRolePolicy, AWS IAM API Reference, which replaces a policy of the same name.
    """
    named: dict[Pieces, list[Policy]] = {}
    for one in attachments:
        if one.how == "inline" and one.policy.name is not None:
            named.setdefault(one.policy.name.pieces, []).append(one.policy)
    rivals = [row for row in named.values() if len(row) > 1]
    doubtful = {
        id(policy)
        for row in rivals
        for policy in row
        if any(other is not policy and not _exclude(policy, other) for other in row)
    }
    return tuple(
        replace(a, policy=_doubted(a.policy)) if id(a.policy) in doubtful else a
        for a in attachments
    )


def _exclude(policy: Policy, other: Policy) -> bool:
    """Tell whether no statements of two policies exist in one world."""
    for first in policy.document.statements:
        outcomes = {a.id: a.outcome for a in first.when}
        for second in other.document.statements:
            if all(outcomes.get(a.id, a.outcome) == a.outcome for a in second.when):
                return False
    return True


def _doubted(policy: Policy) -> Policy:
    label = f"{policy.address} {policy.attribute}"
    text = f"of the policies {policy.name}, the one of {policy.address} is kept"
    kept = Assumption(f"{label} is kept", "true", text)
    statements = tuple(
        s if s.effect == "Allow" else replace(s, when=(*s.when, kept))
        for s in policy.document.statements
    )
    return replace(policy, document=replace(policy.document, statements=statements))


def _guard(policy: Policy, when: tuple[Assumption, ...]) -> Policy:
    statements = tuple(
        replace(s, when=tuple(dict.fromkeys(s.when + when))) for s in policy.document.statements
    )
    return replace(policy, document=replace(policy.document, statements=statements))


class _Joined(NamedTuple):
    """Hold a group that a user belongs to where ``when`` holds."""

    group: PrincipalDeclaration | None
    when: tuple[Assumption, ...] = ()


def _groups(
    principals: tuple[PrincipalDeclaration, ...],
    memberships: tuple[MembershipDeclaration, ...],
    room: _Room,
) -> dict[int, list[_Joined]]:
    """Return the groups of each declaration; None stands for a group nobody declares."""
    names = PrincipalIndex(principals)
    found: dict[int, list[_Joined]] = {id(p): [] for p in principals}
    for one in principals:
        for group in one.groups:
            found[id(one)] += [_Joined(g) for g in names.matching("group", group) or (None,)]
    for membership in memberships:
        groups = names.matching("group", membership.group) or (None,)
        users = names.matching("user", membership.user)
        if not room.take(len(users) * len(groups), users[0].span if users else None):
            break
        for user in users:
            found[id(user)] += [_Joined(group, membership.when) for group in groups]
    return found


def _with_groups(
    user: Principal,
    groups: list[_Joined],
    own: dict[int, Principal],
    room: _Room,
) -> Principal:
    if not groups:
        return user
    members = {(id(g), when): own[id(g)] for g, when in groups if g is not None}
    if not room.take(sum(len(g.attachments) for g in members.values()), user.span):
        return replace(user, attachments_open=True)
    inherited = tuple(
        replace(a, via=g.address, policy=_guard(a.policy, when) if when else a.policy)
        for (_, when), g in members.items()
        for a in g.attachments
    )
    unknown = any(group is None for group, _ in groups)
    is_open = unknown or any(g.attachments_open for g in members.values())
    return replace(
        user,
        attachments=user.attachments + inherited,
        attachments_open=user.attachments_open or is_open,
        groups=tuple(g.address for g in members.values()),
    )
