"""Subjects as rules see them: one policy, principal or trust policy with its effective access."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from leastwise.config.model import Config
from leastwise.graph.closure.reach import Graph
from leastwise.iam.policy import Pattern
from leastwise.iam.project import (
    Attachment,
    Credential,
    Policy,
    Principal,
    PrincipalKind,
    Project,
    Resource,
)
from leastwise.rules.model import Level, Subject, SubjectKind
from leastwise.semantics.model import EffectiveAccess


class View(NamedTuple):
    """Hold what a rule may look at beside its subject.

    ``groups`` are ARNs by address, ``carriers`` the resource that carries a resource policy, by
    the policy's identity. ``graph`` says who can become whom.
    """

    project: Project
    config: Config
    groups: Mapping[str, tuple[Pattern, ...]]
    carriers: Mapping[int, Resource] = MappingProxyType({})
    graph: Graph | None = None


class Case(NamedTuple):
    """Hold one subject under judgement.

    ``access`` is what questions are put to: for a policy, its own grants as far as its
    ``holders`` can use them. ``self_arn`` and ``self_kind`` name who makes the requests, an
    assumed holder where nobody holds the policy (then ``principal`` is None). ``cap`` is the
    most serious level that a finding may have here. ``attachments`` tie ``policy`` to the
    holders, or are all that the principal holds. ``unseen_boundary`` is set when a boundary is
    named whose document is not in view. ``originals`` leads from policies of ``access``, by
    identity, to those of the project. ``accepted`` is the reason why this subject is expected
    to be an administrator. ``credential`` is the subject of that kind.
    """

    kind: SubjectKind
    subject: Subject
    access: EffectiveAccess
    view: View
    principal: Principal | None = None
    policy: Policy | None = None
    holders: tuple[Principal, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    self_arn: Pattern = Pattern(())
    self_kind: PrincipalKind = "role"
    cap: Level = "error"
    unseen_boundary: str | None = None
    originals: Mapping[int, Policy] = MappingProxyType({})
    accepted: str | None = None
    credential: Credential | None = None

    def original(self, policy: Policy) -> Policy:
        """Return the project's policy behind one that an answer names."""
        return self.originals.get(id(policy), policy)
