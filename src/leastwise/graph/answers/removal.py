"""Take statements and attachments out of a project, as an edit of its files would."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from leastwise.iam.policy import Patterns, PolicyDocument
from leastwise.iam.project import Attachment, Policy, Principal, Project, Resource
from leastwise.semantics.model import Deciding

_NOTHING = Patterns(())
_Key: TypeAlias = Hashable


class Removable(NamedTuple):
    """Name a statement of a policy, or what ties the policy to ``holder``, a principal or group."""

    policy: Policy
    statement: int | None = None
    holder: Principal | None = None


class Removals:
    """Find what may be taken out of a project, and take it out."""

    def __init__(self, project: Project) -> None:
        """Take in what the project grants."""
        self.project = project
        self._policies = {id(p): p for p in _policies_of(project)}
        self._written: dict[_Key, Removable] = {}
        for policy in self._policies.values():
            for index in range(len(policy.document.statements)):
                one = Removable(policy, index)
                self._written.setdefault(_written(one.policy, index), one)
        self._groups = {p.address: p for p in project.principals if p.kind == "group"}
        self._places = {_place(p): p for p in self._policies.values()}

    def policy(self, policy: Policy) -> Policy | None:
        """Return the policy of the project that another one was made of."""
        if id(policy) in self._policies:
            return policy
        return self._places.get(_place(policy))

    def of_statement(self, deciding: Deciding) -> Removable | None:
        """Return the statement that decides, None where it is in no file that is in view.

        What is written once and read into several policies is one statement.
        """
        policy = self.policy(deciding.policy)
        if policy is None or policy.aws_managed:
            return None
        if not 0 <= deciding.statement < len(policy.document.statements):
            return None
        return self._written.get(_written(policy, deciding.statement))

    def of_attachment(self, number: int, held: Principal, policy: Policy) -> Removable | None:
        """Return what ties a policy to a principal: its own attachment, or that of a group.

        ``number`` is its place in the project, ``held`` the principal as it is after a removal.
        Of several ties it is the first: as long as that stays, the policy does.
        """
        found = self.policy(policy)
        if found is None:
            return None
        for attachment in held.attachments:
            if self.policy(attachment.policy) is found:
                own = self.project.principals[number]
                holder = own if attachment.via is None else self._groups.get(attachment.via)
                return None if holder is None else Removable(found, holder=holder)
        return None

    def holders(self, removable: Removable) -> tuple[Principal, ...]:
        """Return the principals that a removal takes something from."""
        cut = _Cut((removable,))
        return tuple(p for p in self.project.principals if cut.principal(p) is not p)

    def without(self, removed: Iterable[Removable]) -> Project:
        """Return the project without some of what it grants.

        Principals and statements stay in their places; a statement that is gone matches no action.
        """
        return _Cut(tuple(removed)).project(self.project)


@dataclass(slots=True, eq=False)
class _Cut:
    """Make copies of what a removal changes; what it does not change stays the same object."""

    removed: tuple[Removable, ...]
    gone: frozenset[_Key] = field(init=False)
    policies: dict[int, tuple[Policy, Policy]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take in which statements go."""
        self.gone = frozenset(
            _written(r.policy, r.statement) for r in self.removed if r.statement is not None
        )

    def project(self, project: Project) -> Project:
        """Return a project without what is removed."""
        principals = tuple(map(self.principal, project.principals))
        policies = tuple(map(self.policy, project.policies))
        resources = tuple(map(self.resource, project.resources))
        former = (*project.principals, *project.policies, *project.resources)
        latter = (*principals, *policies, *resources)
        owners = dict(project.owners or {})
        for old, new in zip(former, latter, strict=True):
            root = owners.get(id(old))
            if root is not None:
                owners[id(new)] = root
        return project._replace(
            principals=principals,
            policies=policies,
            resources=resources,
            owners=None if project.owners is None else owners,
        )

    def principal(self, principal: Principal) -> Principal:
        """Return a principal without attachments and statements."""
        kept = tuple(a for a in principal.attachments if not self._is_untied(principal, a))
        attachments = tuple(map(self._attachment, kept))
        boundary = None if principal.boundary is None else self._attachment(principal.boundary)
        trust = None if principal.trust is None else self.policy(principal.trust)
        same = trust is principal.trust and boundary is principal.boundary
        if same and attachments == principal.attachments:  # they compare by identity
            return principal
        return replace(principal, attachments=attachments, boundary=boundary, trust=trust)

    def _is_untied(self, principal: Principal, attachment: Attachment) -> bool:
        return any(
            one.statement is None
            and one.policy is attachment.policy
            and one.holder is not None
            and (one.holder is principal or attachment.via == one.holder.address)
            for one in self.removed
        )

    def _attachment(self, attachment: Attachment) -> Attachment:
        policy = self.policy(attachment.policy)
        return attachment if policy is attachment.policy else replace(attachment, policy=policy)

    def resource(self, resource: Resource) -> Resource:
        """Return a resource with what is left of its policy."""
        policy = None if resource.policy is None else self.policy(resource.policy)
        return resource if policy is resource.policy else replace(resource, policy=policy)

    def policy(self, policy: Policy) -> Policy:
        """Return a policy without statements that go."""
        if id(policy) not in self.policies:
            document = self._document(policy)
            same = document is policy.document
            left = policy if same else replace(policy, document=document)
            # The first is kept, so that no other object gets its id.
            self.policies[id(policy)] = policy, left
        return self.policies[id(policy)][1]

    def _document(self, policy: Policy) -> PolicyDocument:
        document = policy.document
        kept = tuple(
            replace(s, actions=_NOTHING)
            if s.effect != "Deny" and _written(policy, index) in self.gone
            else s
            for index, s in enumerate(document.statements)
        )
        same = all(a is b for a, b in zip(kept, document.statements, strict=True))
        return document if same else replace(document, statements=kept)


def _policies_of(project: Project) -> Iterator[Policy]:
    yield from project.policies
    for principal in project.principals:
        yield from (a.policy for a in principal.attachments)
        if principal.trust is not None:
            yield principal.trust
    yield from (r.policy for r in project.resources if r.policy is not None)


def _written(policy: Policy, index: int) -> _Key:
    """Return where a statement is written: one text may be part of many policies."""
    span = policy.document.statements[index].span
    return span if span is not None else (id(policy), index)


def _place(policy: Policy) -> _Key:
    return policy.address, policy.attribute, policy.span, policy.document.span
