"""Make the roles that SAM generates.

Sources: "Generated CloudFormation resources", AWS SAM Developer Guide; the published translator
for the names of inline policies and the trust of each service.
"""

from dataclasses import dataclass, field

from leastwise.frontends.cloudformation.syntax.removal import Chain
from leastwise.frontends.cloudformation.transforms.sam.making import Plain, made
from leastwise.frontends.cloudformation.transforms.sam.policies import Policies
from leastwise.frontends.cloudformation.transforms.sam.work import Macro, add
from leastwise.source.span import Span
from leastwise.source.value import Mapping, Text, Value


@dataclass(slots=True, eq=False, repr=False)
class Role:
    """Collect what a generated role has until all events of its resource are read."""

    logical_id: str
    trust: Value
    managed: dict[Value | str, Value] = field(default_factory=dict)
    inline: list[Value] = field(default_factory=list)
    documents: set[Value | None] = field(default_factory=set)
    written: dict[str, Chain] = field(default_factory=dict)
    condition: str | None = ""
    path: Value | None = None
    boundary: Value | None = None


def attach(role: Role, arn: Value) -> None:
    """Attach a managed policy that the role does not have yet, however its ARN is spelled."""
    role.managed.setdefault(_identity(arn), arn)


def _identity(arn: Value) -> Value | str:
    """Return the path of an AWS managed policy of the stack's own partition, else the value."""
    text = arn.get("Fn::Sub") if isinstance(arn, Mapping) else arn
    spelled = (text.literal or "") if isinstance(text, Text) else ""
    start, found, path = spelled.partition(":iam::aws:policy/")
    return path if found and start in ("arn:aws", "arn:${AWS::Partition}") else arn


def hold(role: Role, policies: Policies) -> None:
    """Give a role what the property Policies of its resource says."""
    for arn in policies.managed:
        attach(role, arn)
    role.inline += policies.inline
    role.written = policies.written


def embed(role: Role, policy: Value) -> None:
    """Add an inline policy, unless one of another event has the same document."""
    document = policy.get("PolicyDocument") if isinstance(policy, Mapping) else None
    if document not in role.documents:
        role.documents.add(document)
        role.inline.append(policy)


def declare(macro: Macro, role: Role, *, span: Span | None = None) -> None:
    """Add a role to the template."""
    properties: dict[str, Plain] = {
        "AssumeRolePolicyDocument": role.trust,
        "ManagedPolicyArns": tuple(role.managed.values()) or None,
        "Policies": role.inline or None,
        "Path": role.path,
        "PermissionsBoundary": role.boundary,
        "Tags": _tags(macro),
    }
    add(
        macro,
        role.logical_id,
        "AWS::IAM::Role",
        properties,
        span=span,
        condition=role.condition,
        written=role.written,
    )


def trust(service: str, span: Span | None) -> Value:
    """Return the trust policy of a role that one service assumes."""
    statement: Plain = {
        "Action": ["sts:AssumeRole"],
        "Effect": "Allow",
        "Principal": {"Service": [service]},
    }
    return made({"Version": "2012-10-17", "Statement": [statement]}, span)


def allow(
    name: str, action: Plain, resource: Plain, span: Span | None, *, version: str | None = None
) -> Value:
    """Return an inline policy of one statement."""
    statement: Plain = {"Action": action, "Effect": "Allow", "Resource": resource}
    return document(name, [statement], span, version=version)


def document(
    name: str, statements: list[Plain], span: Span | None, *, version: str | None = None
) -> Value:
    """Return an inline policy of statements that allow."""
    body: Plain = {"Version": version, "Statement": statements}
    return made({"PolicyName": name, "PolicyDocument": body}, span)


def event_role(macro: Macro, logical_id: str, service: str, policies: list[Value]) -> Role:
    """Return a role of an event: one service, inline policies, no managed ones."""
    place = policies[0].span or macro.span
    return Role(logical_id, trust(service, place), inline=policies)


def _tags(macro: Macro) -> list[Plain]:
    own: list[Plain] = [{"Key": "lambda:createdBy", "Value": "SAM"}]
    tags = macro.get("Tags")
    if isinstance(tags, Mapping):
        own += [{"Key": key, "Value": value} for key, value in tags.entries]
    return own
