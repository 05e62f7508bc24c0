"""Find actions and resources that a policy of its place cannot be about.

A trust policy is about assuming the role:
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-custom.html
A resource policy is about the resource that carries it, with actions of that service:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html
https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-overview-of-managing-access.html

Not judged: where the carrier is not known, as for a bare file, or is of a service that is not
among ``_OWN_ONLY``.
"""

from collections.abc import Iterator

from leastwise.iam.arns import segments, spelled
from leastwise.iam.policy import Pattern, Statement
from leastwise.iam.project import Policy, Resource
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written_arn import is_known, written_arn
from leastwise.semantics.actions import action_index
from leastwise.semantics.arn_formats import overlaps

_FIELDS = 6
_OWN_ONLY = frozenset(
    {
        "backup",
        "codeartifact",
        "dynamodb",
        "ecr",
        "elasticfilesystem",
        "es",
        "events",
        "execute-api",
        "glacier",
        "kinesis",
        "kms",
        "lambda",
        "s3",
        "s3-object-lambda",
        "s3tables",
        "secretsmanager",
        "sns",
        "sqs",
    }
)
"""Services of ARNs whose resource policies take actions of that service only."""
_REFUSING = frozenset({"s3", "sns"})
"""Those that refuse a policy with another service's action (MalformedPolicy, "Policy statement
action out of service scope")."""
_TRUSTED = frozenset(
    {
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:setcontext",
        "sts:setsourceidentity",
        "sts:tagsession",
    }
)
"""Actions that a trust policy may name; IAM refuses others ("AssumeRole policy may only specify STS
AssumeRole actions")."""


_KIN = {"s3": frozenset({"s3express"})}
"""Services whose resources are declared as those of another: directory buckets, as buckets."""


def decide(case: Case) -> tuple[Hit, ...]:
    """Report actions and resources that the policy of a role or resource cannot be about."""
    policy = case.policy
    if policy is None:
        return ()
    if policy.kind == "trust":
        return reported(_of_trust(policy), case)
    carrier = case.view.carriers.get(id(policy))
    if policy.kind != "resource" or carrier is None or carrier.arn is None:
        return ()
    return reported(_of_resource(policy, carrier, carrier.arn), case)


def _of_trust(policy: Policy) -> Iterator[Issue]:
    for number, statement in enumerate(policy.document.statements):
        for pattern in statement.actions.globs:
            name = (pattern.literal or "").lower()
            if ":" in name and "*" not in name and "?" not in name and name not in _TRUSTED:
                level: Level = "error" if not name.startswith("sts:") else "warning"
                message = "{subject} trusts with %r, which is no way to assume a role"
                yield _issue("ACTION", level, message, pattern, number)


def _issue(what: str, level: Level, message: str, pattern: Pattern, number: int) -> Issue:
    name = str(pattern)
    return Issue(
        f"UNSUPPORTED_{what}_IN_POLICY",
        level,
        message.replace("%r", repr(name)),
        pattern.span,
        number,
        (name.lower() if what == "ACTION" else name,),
    )


def _of_resource(policy: Policy, carrier: Resource, arn: Pattern) -> Iterator[Issue]:
    parts = segments(arn)
    service = spelled(parts[2]) if len(parts) == _FIELDS else None
    if service is None or service not in _OWN_ONLY:
        return
    level: Level = "error" if service in _REFUSING else "warning"
    for number, statement in enumerate(policy.document.statements):
        foreign = list(_foreign_actions(statement, service))
        for pattern in foreign[:1]:
            more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
            message = f"the policy of {carrier.address} takes actions of {service}, not %r{more}"
            yield _issue("ACTION", level, message, pattern, number)
        for pattern, reason in _foreign_resources(statement, policy, arn, service):
            message = f"the policy of {carrier.address} is about the resource %r, {reason}"
            yield _issue("RESOURCE_ARN", level, message, pattern, number)


def _foreign_actions(statement: Statement, service: str) -> Iterator[Pattern]:
    """Yield the actions that name another known service."""
    for pattern in statement.actions.globs:
        prefix, colon, _ = (pattern.literal or "").lower().partition(":")
        known = prefix in action_index().services
        if colon and known and prefix != service and prefix not in _KIN.get(service, ()):
            yield pattern


def _foreign_resources(
    statement: Statement, policy: Policy, own: Pattern, service: str
) -> Iterator[tuple[Pattern, str]]:
    for pattern in statement.resources.globs if statement.resources is not None else ():
        arn = written_arn(pattern, policy.document)
        if arn is None or len(arn.parts) < _FIELDS or not arn.sure:
            continue
        named = arn.parts[2].lower()
        kin = named == service or named in _KIN.get(service, ())
        if is_known(named) and not kin:
            yield pattern, f"which is of {named}, not of {service}"
        elif service == "s3" and _is_other_bucket(arn.parts[4:], own):
            yield pattern, "which is another bucket's"


def _is_other_bucket(named: tuple[str, ...], own: Pattern) -> bool:
    """Say whether an ARN names a bucket that is not the one; of access points nothing is said."""
    account, path = named
    own_account, own_path = segments(own)[4:]
    name = spelled(own_path)
    if account or own_account or name is None:
        return False
    return not (overlaps(path, name) or overlaps(path, f"{name}/*"))
