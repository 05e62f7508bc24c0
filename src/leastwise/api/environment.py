"""Put the partition, account and region of a deployment in place of their symbols.

Code that is deployed to many accounts leaves them open; a question about one of them need not.
"""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from leastwise.iam.arns import joined
from leastwise.iam.policy import Pattern, PolicyDocument
from leastwise.iam.project import Attachment, Policy, Principal, Project, Resource
from leastwise.iam.strings import with_strings
from leastwise.source.value import Symbol


class Environment(NamedTuple):
    """Say what partition, account and region the code is deployed to; None: not known."""

    partition: str = "aws"
    account: str | None = None
    region: str | None = None


@dataclass(slots=True, eq=False, repr=False)
class _Binder:
    """Replace symbols by their values; policies in which nothing changes stay the same objects."""

    values: dict[str, str]
    policies: dict[int, Policy] = field(default_factory=dict)

    def pattern(self, pattern: Pattern) -> Pattern:
        if not any(self._value(piece) is not None for piece in pattern.pieces):
            return pattern
        pieces = tuple(self._value(piece) or piece for piece in pattern.pieces)
        return replace(joined(pieces), origin=pattern.origin)

    def _value(self, piece: str | Symbol) -> str | None:
        if isinstance(piece, str) or not piece.environment:
            return None
        # Front ends end the ids of these symbols with the word for what they are.
        return self.values.get(piece.id.rpartition("|")[2])

    def policy(self, policy: Policy) -> Policy:
        if id(policy) not in self.policies:
            document = self._document(policy.document)
            arn = None if policy.arn is None else self.pattern(policy.arn)
            same = document is policy.document and arn is policy.arn
            bound = policy if same else replace(policy, document=document, arn=arn)
            self.policies[id(policy)] = bound
        return self.policies[id(policy)]

    def _document(self, document: PolicyDocument) -> PolicyDocument:
        statements = tuple(with_strings(s, self.pattern) for s in document.statements)
        same = statements == document.statements
        return document if same else replace(document, statements=statements)

    def attachment(self, attachment: Attachment) -> Attachment:
        return replace(attachment, policy=self.policy(attachment.policy))

    def principal(self, principal: Principal) -> Principal:
        boundary, trust = principal.boundary, principal.trust
        return replace(
            principal,
            arn=self.pattern(principal.arn),
            attachments=tuple(map(self.attachment, principal.attachments)),
            boundary=None if boundary is None else self.attachment(boundary),
            trust=None if trust is None else self.policy(trust),
        )

    def resource(self, resource: Resource) -> Resource:
        arn, policy, role = resource.arn, resource.policy, resource.runs_as
        return replace(
            resource,
            arn=None if arn is None else self.pattern(arn),
            policy=None if policy is None else self.policy(policy),
            runs_as=None if role is None else self.pattern(role),
        )


def bound_policy(policy: Policy, environment: Environment) -> Policy:
    """Return a policy as it is in one environment."""
    return _Binder(_given(environment)).policy(policy)


def bound_resources(
    resources: tuple[Resource, ...], environment: Environment
) -> tuple[Resource, ...]:
    """Return resources as they are in one environment."""
    return tuple(map(_Binder(_given(environment)).resource, resources))


def _given(environment: Environment) -> dict[str, str]:
    return {name: value for name, value in environment._asdict().items() if value is not None}


def bound(project: Project, environment: Environment) -> Project:
    """Return the project as it is in one environment, all of its roots alike."""
    binder = _Binder(_given(environment))
    principals = tuple(map(binder.principal, project.principals))
    policies = tuple(map(binder.policy, project.policies))
    resources = tuple(map(binder.resource, project.resources))
    former: tuple[Principal | Policy | Resource, ...]
    former = (*project.principals, *project.policies, *project.resources)
    latter = (*principals, *policies, *resources)
    pairs = zip(latter, map(project.owner, former), strict=True)
    return project._replace(
        principals=principals,
        policies=policies,
        resources=resources,
        owners={id(one): root for one, root in pairs if root is not None},
    )
