"""The values of the graph: paths of the catalogue, nodes, steps from one to another, chains."""

from typing import Literal, NamedTuple, TypeAlias

from leastwise.iam.project import Principal, Resource
from leastwise.semantics.model import Answer, Certainty

# --- the catalogue of paths ----------------------------------------------------------------------

On: TypeAlias = Literal[
    "self", "role", "user", "group", "policy", "boundary", "resource", "existing", "new", "any"
]
"""What a leg is done to. Legs of one way with the same word mean one and the same resource:
``role``, ``user``, ``group``, ``policy`` and ``boundary`` exist already, ``resource`` runs as the
role (or vouches for it), ``existing`` is some other resource of any name, whatever it ran as until
now; ``new`` is made by the caller and may have any name; ``any`` is whatever the grant allows."""

Gives: TypeAlias = Literal[
    "role",
    "user",
    "group",
    "own-boundary",
    "role-boundary",
    "user-boundary",
    "new-principal",
    "own-without-boundary",
    "role-without-boundary",
    "own-without-deny",
    "permissions",
    "credentials",
]
"""What the path leaves its caller with.

``role``, ``user``: it acts as that principal. ``group``: it has the group's grants beside its own.
``own-boundary``: whatever its own permissions boundary leaves, everything where it has none.
``role-boundary``, ``user-boundary``: it acts as that principal, which may do whatever *that one's*
boundary leaves. ``new-principal``: a principal of its making, with whatever the boundary leaves
that has to be set on it. ``own-without-boundary``, ``role-without-boundary``, ``own-without-deny``:
the same grants without what capped them. ``permissions``: it decides over permissions by that very
call. ``credentials``: it reads or makes credentials of somebody who is not in view.
"""

Predicate: TypeAlias = Literal[
    "trusts-service",
    "trusts-provider",
    "runs-as",
    "attached-to",
    "member",
    "is-user",
    "is-role",
    "customer-managed",
    "not-service-linked",
    "has-boundary",
    "boundary-binds",
    "boundary-of",
    "has-deny",
    "free-key-slot",
    "has-password",
    "no-password",
    "inactive-key",
    "older-version",
    "assigned-to-self",
    "identity-center-user",
    "organization-account",
    "allowed-by-principal-tag",
    "allowed-by-resource-tag",
    "named-as-boundary",
    "mfa-asked",
    "holds-credentials",
    "holds-secret",
]
"""What has to hold of the account beside the calls."""


class Leg(NamedTuple):
    """Name one call of a path, and what it is made on.

    ``arn``, of a leg on ``any``: a glob that what it is made on has to match, if it is not empty.
    """

    action: str
    on: On
    arn: str = ""


class Condition(NamedTuple):
    """Say what must hold in the graph: a predicate, of whom, with its words.

    ``of`` is a word of ``On``; ``among`` are service principals (``trusts-service``, any of them),
    kinds of workloads (``runs-as``), ``self`` or ``role`` (``attached-to``, ``boundary-of``), or
    ``saml``, ``oidc`` and ``cognito`` (``trusts-provider``). A condition of a word that only other
    ways of the path have a leg on does not concern a way; one of ``self`` concerns every way.
    """

    predicate: Predicate
    of: On
    among: tuple[str, ...] = ()


Way: TypeAlias = tuple[Leg, ...]


class Path(NamedTuple):
    """Hold one published way to more access; any of its ``ways`` is enough, all legs of it needed.

    ``does`` finishes the sentence "X can ..." and may name ``{target}``. ``told_by`` is the rule
    that tells it where that is none of the graph's (trust policies). ``retired``: when
    the service ended, YYYY-MM. ``guards`` are condition keys that pin it.
    """

    id: str
    name: str
    tier: Literal["core", "extended"]
    category: str
    does: str
    ways: tuple[Way, ...]
    where: tuple[Condition, ...]
    gives: Gives
    guards: tuple[str, ...] = ()
    told_by: str = ""
    retired: str = ""

    @property
    def rule(self) -> str:
        """Return the id of the rule that tells it: ``escalation/passrole-ecs-runtask``."""
        return "escalation/" + self.id.replace("/", "-").replace("+", "-")


# --- the graph -----------------------------------------------------------------------------------

NodeKind: TypeAlias = Literal[
    "role",
    "user",
    "group",
    "permission-set",
    "workload",
    "service",
    "federated",
    "account",
    "anyone",
    "widened",
    "admin",
]
"""``account``: all principals of another account. ``widened``: a principal, or one newly made, with
all that its boundary allows. ``admin``: every permission in one account."""


class Node(NamedTuple):
    """Hold somebody who can act, or something that acts as a role.

    ``label`` is what people know it by: an address, a service, ``anyone``. ``arn`` as spelled for
    people, empty where there is none. ``root`` is the path of the root that declares it.
    """

    number: int
    kind: NodeKind
    label: str
    arn: str = ""
    principal: Principal | None = None
    resource: Resource | None = None
    root: str = ""


class Step(NamedTuple):
    """Lead from one node to another that it can act as.

    ``path`` is the escalation path; empty for what is no call of the source's own: a workload
    runs as its role, a trust policy lets a stranger in. ``way`` numbers the path's alternative,
    ``through`` is the resource that it leads through (a function whose code is replaced). ``aim``
    is the number of the principal that its calls name; -1 where they name none.
    """

    source: int
    target: int
    path: str
    certainty: Certainty
    way: int = 0
    through: Resource | None = None
    aim: int = -1


class Proof(NamedTuple):
    """Show a step: one answer with witness and deciding statements for each of its calls.

    ``words`` finish "X can ...". ``assumptions`` are sentences beside those of the answers.
    """

    step: Step
    words: str
    answers: tuple[Answer, ...]
    assumptions: tuple[str, ...] = ()


class Chain(NamedTuple):
    """Hold steps that lead from one node to another, one after the other; as sure as the least."""

    steps: tuple[Step, ...]

    @property
    def certainty(self) -> Certainty:
        """Return the certainty of the weakest step."""
        return "proven" if all(s.certainty == "proven" for s in self.steps) else "possible"
