"""Find what runs as a role, in whatever root the role is declared.

A role is known by its ARN; where only its name, or an account that is not known, leads to it, it is
perhaps that one. What is made of a declared resource (the tasks of a task definition) has ARNs that
are not known but for their kind.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from leastwise.graph.calls.workload_kinds import arns_of, rows_of, spell
from leastwise.iam.arns import Pieces, is_account, segments, spelled
from leastwise.iam.links import Arn, arn_of, last_name
from leastwise.iam.policy import Pattern
from leastwise.iam.project import (
    Account,
    Principal,
    Project,
    Resource,
    RoleUse,
    Root,
    same_account,
)
from leastwise.semantics.arn_formats import formats_of, overlaps
from leastwise.semantics.known import has_words
from leastwise.semantics.model import Answer
from leastwise.semantics.remembered import by_identity
from leastwise.source.value import Symbol

_MADE = ("AWS makes it ", "CloudFormation invents it ")
"""How the front ends say of a name or id that nothing but its resource has it."""
_ISSUER = "oidc.eks."
_CLUSTER = "eks:cluster/{*}"
_MOST_ROLES = 16
"""Roles of one name in other roots among which a name is looked for; of more, none is meant."""


class Workload(NamedTuple):
    """Hold something that runs as a role.

    ``role`` is None where it is not in view; ``role_arn`` is its ARN, or its name as written.
    ``sure``: it is certain that there is one, and that it runs as that role. ``arns`` are what
    calls on it name: what is not known of them is a symbol, so that an answer is proven only for
    whatever it may be. ``exact``: the first of them is the declared resource itself. ``service`` is
    who has to be let in by the role's trust policy.
    """

    kind: str
    resource: Resource
    role: Principal | None
    role_arn: Pattern | None
    sure: bool
    arns: tuple[Pattern, ...]
    exact: bool
    service: str


class _Found(NamedTuple):
    """Hold a role that a name may stand for; ``sure``: it is that one."""

    role: Principal | None
    sure: bool


def workloads(project: Project) -> tuple[Workload, ...]:
    """Return what runs as a role, in the order of the project's resources."""
    return _seen(project).all


def by_kind(project: Project) -> Mapping[str, tuple[Workload, ...]]:
    """Return what runs as a role by kind; a kind that the project has none of is missing."""
    return _seen(project).kinds


def uses_of(project: Project, role: Principal) -> frozenset[RoleUse | None]:
    """Return what the resources that use a role use it for."""
    return _seen(project).uses.get(role.arn.pieces, frozenset())


def alike(rows: Iterable[Workload]) -> tuple[tuple[Workload, ...], ...]:
    """Put those together on which the same calls are allowed: questions are asked of one of each.

    All instances that are perhaps made in an account are alike, for one.
    """
    found: dict[tuple[tuple[Pattern, ...], bool], list[Workload]] = {}
    for one in rows:
        found.setdefault((one.arns, one.sure), []).append(one)
    return tuple(tuple(members) for members in found.values())


def called_on(workload: Workload, action: str) -> tuple[Pattern, ...]:
    """Return which ARNs of a workload an action can name; all where the data does not say.

    None: it is called on something else, that the workload only leads to.
    """
    return _taken(workload.arns, action)


@lru_cache(maxsize=65_536)
def _taken(arns: tuple[Pattern, ...], action: str) -> tuple[Pattern, ...]:
    formats = formats_of(action)
    if not formats:
        return arns
    found = []
    for arn in arns:
        written = arn_of(arn)
        path = "" if written is None else _glob(written.resource)
        service = "" if written is None else spelled(segments(arn)[2]) or "*"
        if any(overlaps(f.service, service) and overlaps(f.path, path) for f in formats):
            found.append(arn)
    return tuple(found)


def means_another(answer: Answer, workload: Workload) -> bool:
    """Say whether an answer is possible only because ids that AWS makes are not known.

    SOUND: under-approximates; two ids that AWS makes for two resources are never the same, and a
    string of nothing but an unknown value is not taken to name the workload.
    """
    if answer.certainty != "possible":
        return False
    own = {p.id for arn in workload.arns for p in arn.pieces if isinstance(p, Symbol)}
    named = {d.resource for d in answer.deciding if d.resource is not None}
    return bool(named) and all(not has_words(n) or _is_of_another(n, own) for n in named)


def _is_of_another(glob: Pattern, own: set[str]) -> bool:
    """Say whether a string holds an id that AWS makes for something else."""
    return any(
        isinstance(p, Symbol) and p.reason.startswith(_MADE) and p.id not in own
        for p in glob.pieces
    )


class _Seen(NamedTuple):
    all: tuple[Workload, ...]
    kinds: Mapping[str, tuple[Workload, ...]]
    uses: Mapping[Pieces, frozenset[RoleUse | None]]


@by_identity(maxsize=4)
def _seen(project: Project) -> _Seen:
    users = [r for r in project.resources if r.runs_as is not None]
    roles = _Roles(project)
    found = _only_sure(project, [w for r in users for w in _workloads_of(r, roles)])
    found += (w for p in project.principals if p.kind == "role" for w in _pods(p))
    kinds: dict[str, list[Workload]] = {}
    for one in found:
        kinds.setdefault(one.kind, []).append(one)
    uses: dict[Pieces, set[RoleUse | None]] = {}
    for resource in users:
        if resource.runs_as is not None:
            uses.setdefault(resource.runs_as.pieces, set()).add(resource.role_use)
    return _Seen(
        tuple(found),
        {kind: tuple(rows) for kind, rows in kinds.items()},
        {pieces: frozenset(rows) for pieces, rows in uses.items()},
    )


def _pods(role: Principal) -> Iterator[Workload]:
    """Yield the EKS clusters whose pods a role's trust policy lets in by their issuer.

    https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
    """
    statements = () if role.trust is None else role.trust.document.statements
    entries = (
        e for s in statements if s.effect == "Allow" and s.principals for e in s.principals.entries
    )
    for entry in dict.fromkeys(e for e in entries if e.type == "Federated"):
        if any(isinstance(p, str) and _ISSUER in p for p in entry.pattern.pieces):
            cluster = spell(_CLUSTER, [], role.arn)
            resource = Resource(
                str(entry.pattern), "AWS::EKS::Cluster", None, entry.pattern.span, runs_as=role.arn
            )
            yield Workload("eks-cluster", resource, role, role.arn, True, (cluster,), False, "")


def _only_sure(project: Project, found: list[Workload]) -> list[Workload]:
    """Take the certainty from those of which one attribute may name several roles.

    SOUND: under-approximates what is certain; a resource may also run as each of them.
    """
    named: dict[object, set[Pieces]] = {}
    keys = [_attribute(project, w.resource) for w in found]
    for key, one in zip(keys, found, strict=True):
        if one.resource.runs_as is not None:
            named.setdefault(key, set()).add(one.resource.runs_as.pieces)
    return [
        one if len(named.get(key, ())) < 2 else one._replace(sure=False)
        for key, one in zip(keys, found, strict=True)
    ]


def _attribute(project: Project, resource: Resource) -> object:
    where = project.owner(resource), resource.span
    return where, resource.address, resource.role_attribute


def _workloads_of(resource: Resource, roles: "_Roles") -> Iterator[Workload]:
    rows = rows_of(resource)
    if not rows:
        return
    for found in roles.of(resource):
        arn = resource.runs_as if found.role is None else found.role.arn
        for row in rows:
            arns = tuple(arns_of(row, resource, arn))
            sure = found.sure and row.relation != "maybe"
            exact = bool(arns) and arns[0] is resource.arn
            service = f"{row.service}.amazonaws.com" if row.service else ""
            yield Workload(row.kind, resource, found.role, arn, sure, arns, exact, service)


def _glob(pieces: Pieces) -> str:
    return "".join(p if isinstance(p, str) else p.glob for p in pieces)


class _Roles:
    """Find the role that a resource names, in whatever root it is declared."""

    def __init__(self, project: Project) -> None:
        """Index the roles of a project."""
        self._project = project
        self._exact: dict[Pieces, list[Principal]] = {}
        self._near: dict[Pieces, list[tuple[Arn, Principal]]] = {}
        self._names: dict[Pieces, list[Principal]] = {}
        self._accounts: dict[Root, Account] = {}
        for one in project.principals:
            root = project.owner(one)
            if root is not None:
                self._accounts.setdefault(root, one.id.account)
            if one.kind != "role":
                continue
            self._exact.setdefault(one.arn.pieces, []).append(one)
            self._names.setdefault(last_name(one.id.name.pieces), []).append(one)
            arn = arn_of(one.arn)
            if arn is not None:
                self._near.setdefault(arn.resource, []).append((arn, one))

    def of(self, resource: Resource) -> Iterator[_Found]:
        """Yield the roles that a resource runs as; one that is not in view, where none is."""
        named = resource.runs_as
        if named is None:
            return
        root = self._project.owner(resource)
        exact = self._exact.get(named.pieces, [])
        found = [_Found(one, sure=len(exact) == 1) for one in exact]
        if len(exact) > 1 and root is not None:
            own = [one for one in exact if self._project.owner(one) == root]
            found = [_Found(one, sure=len(own) == 1) for one in own] or found
        found = found or self._elsewhere(resource, named, root)
        if len(found) > _MOST_ROLES:
            found = []
        yield from found or [_Found(None, sure=False)]

    def _elsewhere(self, resource: Resource, named: Pattern, root: Root | None) -> list[_Found]:
        arn = arn_of(named)
        if arn is None:
            if named.literal is None:
                return []
            account = None if resource.arn is None else arn_of(resource.arn)
            where = () if account is None else account.account
            near: list[tuple[Arn | None, Principal]] = [
                (None, one) for one in self._names.get(named.pieces, ())
            ]
        else:
            where = arn.account
            near = [*self._near.get(arn.resource, ())]
        own = None if root is None else self._accounts.get(root)
        found = []
        for other, one in near:
            same = _same(where, own, one)
            if same == "no" or not _may_be_partition(arn, other):
                continue
            found.append(_Found(one, sure=same == "yes"))
        sure = [one for one in found if one.sure]
        return sure if len(sure) == 1 else [_Found(one.role, sure=False) for one in found]


def _same(where: Pieces, own: Account | None, role: Principal) -> str:
    """Say whether a written account is that of a role: yes, no or unknown."""
    number = spelled(where)
    if any(isinstance(piece, Symbol) and not piece.environment for piece in where):
        return "unknown"
    account = Account("", number) if number is not None and is_account(number) else own
    return "unknown" if account is None else same_account(account, role.id.account)


def _may_be_partition(one: Arn | None, other: Arn | None) -> bool:
    if one is None or other is None:
        return True
    written = spelled(one.partition), spelled(other.partition)
    return None in written or written[0] == written[1]
