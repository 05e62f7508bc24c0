"""What one unit of evaluation declares: principals, policies, attachments, and what is unseen.

This is all that analyses ever see of the user's files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from leastwise.iam.policy import Pattern, PolicyDocument, PolicyKind
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.edit import Edit
from leastwise.source.span import Span
from leastwise.source.value import Text, Value

RootKind: TypeAlias = Literal[
    "terraform",
    "terraform-plan",
    "terraform-state",
    "cloudformation",
    "iam-json",
    "account-dump",
    "cli-output",
]
PrincipalKind: TypeAlias = Literal["role", "user", "group", "permission-set"]
Resolution: TypeAlias = Literal[
    "concrete", "environment", "symbolic", "choice", "action-unknown", "opaque"
]
RoleUse: TypeAlias = Literal["workload", "service"]
CredentialKind: TypeAlias = Literal[
    "access-key", "password", "service-credential", "output", "parameter"
]
Consumption: TypeAlias = Literal["attached", "unattached", "builder", "raw", "ignored"]


class Root(NamedTuple):
    """Name a unit of evaluation: a Terraform root module in one environment, a template, a dump.

    ``path`` is POSIX and relative to the tree: a directory for Terraform, else a file.
    ``environment`` tells variable sets of one module apart; empty for the default. ``inputs`` is
    the ``terragrunt.hcl`` that gives a Terraform root its variables. ``alone``: a Terraform module
    that shows no sign of being deployed as it stands, so that its defaults may not be the values.
    ``tool`` is ``terraform`` or ``opentofu`` where they would read different files, else empty.
    """

    kind: RootKind
    path: str
    environment: str = ""
    entered_as: PolicyKind | None = None
    """For raw IAM JSON: the kind the user named on the command line, else None."""
    inputs: str = ""
    alone: bool = False
    module: str | None = None
    """For a plan: the folder of the root module it was made from, where that is in the tree."""
    tool: str = ""
    parts: tuple[str, ...] = ()
    """For what the AWS CLI printed about an account: all files that are read together."""


class Account(NamedTuple):
    """Name an AWS account: a symbol per root and provider configuration, bound by a literal.

    Two accounts are the same when their numbers are equal, or, unbound, their ids; different
    when both are bound and differ; otherwise it is unknown whether they are the same.
    """

    id: str
    number: str | None = None


def same_account(first: Account, second: Account) -> Literal["yes", "no", "unknown"]:
    """Say whether two accounts are the same."""
    if first.number is not None and second.number is not None:
        return "yes" if first.number == second.number else "no"
    return "yes" if first.id == second.id else "unknown"


class PrincipalId(NamedTuple):
    """Identify a principal apart from where it is written; the source address is a label.

    ``name`` holds path and name as string pieces, without the leading slash (``app/ci``).
    """

    account: Account
    kind: PrincipalKind
    name: Pattern


class ModuleCall(NamedTuple):
    """Name one module block, or nested stack, on the way from a root to a resource."""

    name: str
    span: Span


class Occurrence(NamedTuple):
    """Name the module call and the ``count``/``for_each`` key of a resource instance.

    ``calls`` lead from the root to the module, the root's own call first. ``construct`` is the
    path of the CDK construct that a resource of a template comes from, ``created`` the line of
    the app that makes it, where that is in the tree.
    """

    module_call: str | None
    instance_key: str | None
    calls: tuple[ModuleCall, ...] = ()
    construct: str = ""
    created: Span | None = None


class VariableUse(NamedTuple):
    """Name a variable (a parameter of a template) of the root with a value that others rest on.

    ``text`` is the value as it is written, shortened; empty when it is sensitive or was not
    written in a file. ``alone``: it is the default of a module that is judged alone, to which a
    caller may pass another value.
    """

    name: str
    text: str
    span: Span | None
    origin: Literal["default", "given"]
    alone: bool = False
    kind: Literal["variable", "parameter"] = "variable"


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """Hold one policy document where it stands: compared by identity, not by content.

    ``address`` is the Terraform address, logical id, ARN of a dump, or file path; ``attribute``
    where in it (``policy``, ``assume_role_policy``, ``Policies[0].PolicyDocument``).
    ``value`` is the evaluated document before lowering. ``consumption`` says whether a
    principal holds it: ``builder`` is a document nobody consumes, ``raw`` a bare file (judged
    as if a principal held it), ``ignored`` grants nothing here (an AWS managed policy of a
    dump, a document used as boundary or SCP). ``rests_on``: the values of the root's variables
    without which it might say something else, or not be there. ``name`` is that of an inline
    policy, where the front end tells it.
    """

    address: str
    attribute: str
    kind: PolicyKind
    document: PolicyDocument
    resolution: Resolution
    span: Span | None
    consumption: Consumption = "attached"
    arn: Pattern | None = None
    value: Value | None = field(default=None, repr=False)
    aws_managed: bool = False
    occurrence: Occurrence | None = None
    rests_on: tuple[VariableUse, ...] = ()
    name: Pattern | None = None


class Assignment(NamedTuple):
    """Say who uses a permission set in which account: a user or group of Identity Center.

    ``kind`` is ``USER`` or ``GROUP``, empty when not known; ``origin`` the assigning resource.
    """

    kind: str
    principal: Pattern
    account: Pattern
    origin: str


class Removal(NamedTuple):
    """Describe how the source lets go of an attachment.

    ``edits`` delete it from the files; empty for a dump, where ``command`` and ``undo`` are
    argument vectors of the AWS CLI. A front end that can't tell offers no ``Removal``.
    """

    edits: tuple[Edit, ...] = ()
    command: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Attachment:
    """Tie a policy to a principal.

    ``span`` is the narrowest string that attaches it (the ARN, or the reference), used as the
    place of a finding when the document itself is not in the tree. ``via`` is the address of
    the group through which a user holds it. ``origin`` is the address of the attaching
    resource.
    """

    policy: Policy
    how: Literal["inline", "managed"]
    span: Span | None
    origin: str = ""
    via: str | None = None
    removal: Removal | None = None
    rests_on: tuple[VariableUse, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Principal:
    """Hold a role, user, group or permission set and all that decides its access.

    ``address`` is the label people know it by. ``arn`` has the account and partition as symbols
    where they are not known. ``attachments`` include those a user holds through its groups.
    ``boundary`` with an opaque document is named but not in view. ``assignments`` of a permission
    set are those in view; None where there may be others. ``attachments_open``: it may
    hold further policies that are not known (an unresolved list). ``scps`` bind it, one row for
    each level of the organization, ``rcps`` whoever assumes it. ``groups`` are the addresses of
    those that a user belongs to.
    """

    id: PrincipalId
    address: str
    arn: Pattern
    span: Span | None
    attachments: tuple[Attachment, ...] = ()
    boundary: Attachment | None = None
    trust: Policy | None = None
    tags: tuple[tuple[Text, Text], ...] = ()
    attachments_open: bool = False
    scps: tuple[tuple[Policy, ...], ...] = ()
    occurrence: Occurrence | None = None
    assignments: tuple[Assignment, ...] | None = None
    rcps: tuple[tuple[Policy, ...], ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def kind(self) -> PrincipalKind:
        """Return the kind of principal."""
        return self.id.kind


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """Hold a resource that carries a policy or uses a role: once for each of them.

    ``runs_as`` is the ARN of the role when it is declared, else the name or ARN as written in
    ``role_attribute``. ``role_use``: the software (or the people) that the resource serves get
    the role's credentials, or an AWS service acts with it for the resource. ``in_vpc``: only a
    network of the account reaches it, whatever its policy says; None: not known, or not asked.
    """

    address: str
    type: str
    arn: Pattern | None
    span: Span | None
    policy: Policy | None = None
    runs_as: Pattern | None = None
    role_attribute: str = ""
    role_use: RoleUse | None = None
    in_vpc: bool | None = None


class Credential(NamedTuple):
    """Name a long-lived credential that the source makes, or shows.

    ``access-key`` and ``password`` are made for ``user`` (its name or ARN as written); an
    ``output`` or ``parameter`` would show one. ``shown_as``: which attribute holds the secret.
    ``guarded``: the secret is encrypted for somebody (``pgp_key``) before it is stored.
    """

    kind: CredentialKind
    address: str
    span: Span | None
    user: Pattern | None = None
    shown_as: str = ""
    guarded: bool = False
    occurrence: Occurrence | None = None
    rests_on: tuple[VariableUse, ...] = ()


class NotInView(NamedTuple):
    """List something that was recognised but is not analysed, and how to bring it into view.

    ``number`` is how many there are of it: calls of one module, of which ``span`` is the first.
    """

    kind: str
    span: Span
    message: str
    remedy: str
    number: int = 1


class Embedded(NamedTuple):
    """Hold text of another kind found inside a source, for the loader to dispatch.

    ``parameters``: the values by name that the template is deployed with, which rest on
    ``rests_on``; None: its defaults.
    """

    text: Text
    kind: Literal["cloudformation"]
    address: str
    parameters: Value | None = None
    rests_on: tuple[VariableUse, ...] = ()


class Project(NamedTuple):
    """Hold all that analyses see: of one root as a front end returns it, or of many, merged.

    ``files`` are the paths a front end claimed (analysed, or with an error diagnostic);
    ``read`` every path it read, so that a policy file read by ``file()`` is judged through its
    consumer only. ``pointed`` are files of the configuration of a plan: findings point there.
    ``masked`` are files (plans, states) of which only the places in ``quotable`` may be shown.
    """

    roots: tuple[Root, ...]
    principals: tuple[Principal, ...] = ()
    policies: tuple[Policy, ...] = ()
    resources: tuple[Resource, ...] = ()
    credentials: tuple[Credential, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    not_in_view: tuple[NotInView, ...] = ()
    embedded: tuple[Embedded, ...] = ()
    files: tuple[str, ...] = ()
    read: frozenset[str] = frozenset()
    pointed: frozenset[str] = frozenset()
    masked: frozenset[str] = frozenset()
    quotable: tuple[Span, ...] = ()
    common: tuple[Diagnostic, ...] | None = None
    """Problems that count only where every root that was evaluated has them; None: it was not."""
    declared: Mapping[Root, tuple[Resource, ...]] | None = None
    """What each root declares whose ARN can be spelled; None: no rule asks for it."""
    owners: Mapping[int, Root] | None = None
    """The root of each of these, and of what runs as a role, by identity; None for one root."""

    def owner(self, *declared: Policy | Principal | Credential | Resource | None) -> Root | None:
        """Return the root of the first of these that has one, or None."""
        if len(self.roots) == 1:
            return self.roots[0]
        owners = self.owners or {}
        found = (owners.get(id(one)) for one in declared if one is not None)
        return next((root for root in found if root is not None), None)


def merge(projects: tuple[Project, ...]) -> Project:
    """Put the projects of several roots side by side, in order.

    Principals of different roots stay apart: they are one only on equal identity in a bound
    account, which the graph decides.
    """
    common = _common(projects)
    return Project(
        roots=tuple(r for p in projects for r in p.roots),
        principals=tuple(x for p in projects for x in p.principals),
        policies=tuple(x for p in projects for x in p.policies),
        resources=tuple(x for p in projects for x in p.resources),
        credentials=tuple(x for p in projects for x in p.credentials),
        diagnostics=tuple(dict.fromkeys((*(x for p in projects for x in p.diagnostics), *common))),
        not_in_view=tuple(dict.fromkeys(x for p in projects for x in p.not_in_view)),
        embedded=tuple(x for p in projects for x in p.embedded),
        files=tuple(dict.fromkeys(x for p in projects for x in p.files)),
        read=frozenset().union(*(p.read for p in projects)),
        pointed=frozenset().union(*(p.pointed for p in projects)),
        masked=frozenset().union(*(p.masked for p in projects)),
        quotable=tuple(x for p in projects for x in p.quotable),
        declared={r: found for p in projects for r, found in (p.declared or {}).items()},
        owners={id(x): p.roots[0] for p in projects if p.roots for x in _declared(p)},
    )


def _declared(project: Project) -> Iterator[Policy | Principal | Credential | Resource]:
    yield from project.principals
    yield from project.policies
    yield from project.credentials
    yield from (r for r in project.resources if r.runs_as is not None)


def _common(projects: tuple[Project, ...]) -> list[Diagnostic]:
    """Return the problems that all roots of one kind have, wherever they place them.

    Of equal ones that says most which has most to advise: near names are those of one root.
    """
    kinds: dict[RootKind, list[tuple[Diagnostic, ...]]] = {}
    for project in projects:
        if project.common is not None and project.roots:
            kinds.setdefault(project.roots[0].kind, []).append(project.common)
    found: list[Diagnostic] = []
    for first, *rest in kinds.values():
        for one in first:
            key = one.code, one.message
            alike = [[d for d in other if (d.code, d.message) == key] for other in rest]
            if all(alike):
                every = [one, *(d for others in alike for d in others)]
                found.append(max(every, key=lambda d: len(d.remedy)))
    return found
