"""Find Resource strings that are no ARN of any resource, so that nothing matches them.

The checks of IAM Access Analyzer on ARNs:
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html

An error is what IAM refuses to store (MalformedPolicyDocument): a string that is no ARN or names no
partition, a path that IAM does not have, a Region in an ARN of IAM or of a bucket. The rest is
stored, and matches nothing. What the reference may not know yet (a service, a Region) makes notes.
"""

from collections.abc import Iterator

from leastwise.iam.policy import Pattern
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.arn_forms import Misfit, misfits
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written_arn import WrittenArn, is_known, written_arn
from leastwise.semantics.action_names import service_meant
from leastwise.semantics.actions import action_index, data_date
from leastwise.semantics.arn_formats import formats_of_service, overlaps
from leastwise.semantics.places import (
    is_partition,
    nearest_partition,
    nearest_region,
    partition_of_region,
    places,
    standing_of_region,
)

_FIELDS = 6
_OF_VALUES = frozenset({"INVALID_PARTITION", "INVALID_SERVICE", "INVALID_ARN_REGION"})
"""What is wrong with a value: it is told once in a document, wherever else it stands."""
_DIGITS = 12
_REFUSING = ("identity", "boundary")
"""Kinds of policies that IAM stores, and refuses to."""
_OWNERS = frozenset(
    {"aws", "aws-marketplace", "aws-managed", "amazon", "cloudfront", "third-party"}
)
"""What stands for an account in ARNs of what AWS or others share."""
_RELATIVE = "execute-api:/"
"""What API Gateway completes to an ARN in the policy of an API:
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
"""


def decide(case: Case) -> tuple[Hit, ...]:
    """Report the Resource strings of a document that are no ARN of any resource."""
    policy = case.policy
    if policy is None:
        return ()
    return reported(_issues(policy), case)


def _issues(policy: Policy) -> Iterator[Issue]:
    told: set[Misfit] = set()
    for number, statement in enumerate(policy.document.statements):
        for pattern in statement.resources.globs if statement.resources is not None else ():
            arn = written_arn(pattern, policy.document)
            if arn is None or (statement.when and _is_hollow(arn)):
                continue
            for misfit in _misfits(arn, policy):
                if misfit not in told:
                    yield _issue(misfit, pattern, arn, number, policy)
                if misfit.code in _OF_VALUES:
                    told.add(misfit)


def _is_hollow(arn: WrittenArn) -> bool:
    """Say whether an ARN lacks what all have: in some worlds, what gives it is not there."""
    return len(arn.parts) < _FIELDS or not arn.parts[1] or not arn.parts[2]


def _issue(misfit: Misfit, pattern: Pattern, arn: WrittenArn, number: int, policy: Policy) -> Issue:
    refused = misfit.refused and policy.kind in _REFUSING
    level = "error" if refused else misfit.level
    outcome = "is refused by IAM" if refused else "matches nothing"
    if level == "note":
        outcome = "may not be right"
    return Issue(
        misfit.code,
        level,
        f"the resource {str(pattern)!r} in {{subject}} {outcome}: {misfit.message}",
        pattern.span,
        number,
        (str(pattern),),
        "proven" if arn.sure else "possible",
    )


def _misfits(arn: WrittenArn, policy: Policy) -> Iterator[Misfit]:
    if not arn.text.strip("*"):
        return
    if not overlaps(arn.text, "arn:*"):
        if policy.kind != "resource" or not arn.text.startswith(_RELATIVE):
            yield Misfit("INVALID_ARN_PREFIX", "an ARN begins with 'arn:'", refused=True)
    elif len(arn.parts) < _FIELDS:
        if arn.exact:
            yield _too_few(arn)
    else:
        yield from _wrong_parts(arn)


def _too_few(arn: WrittenArn) -> Misfit:
    message = "an ARN has six fields, arn:partition:service:region:account:resource"
    if arn.is_wild:
        # A star at the end of a field may reach into those that follow, or not: AWS says both.
        return Misfit("MISSING_ARN_FIELD", message, "note")
    return Misfit("MISSING_ARN_FIELD", message, refused=True)


def _wrong_parts(arn: WrittenArn) -> Iterator[Misfit]:
    _, partition, service, region, account, _ = arn.parts
    wrong = _wrong_partition(partition) or _wrong_service(service)
    if wrong is not None:
        yield wrong
        return
    if service != service.lower():
        yield Misfit("INVALID_ARN_SERVICE_CASE", f"write {service.lower()!r} in lower case", "note")
    found = {misfit.code: misfit for misfit in misfits(arn)}
    if "ARN_REGION_NOT_ALLOWED" not in found and is_known(region):
        yield from _wrong_region(region, partition)
    if "ARN_ACCOUNT_NOT_ALLOWED" not in found and is_known(account) and not _is_account(account):
        found.setdefault("INVALID_ARN_ACCOUNT", _wrong_account(account))
    yield from found.values()


def _wrong_partition(partition: str) -> Misfit | None:
    if partition and (not is_known(partition) or is_partition(partition)):
        return None
    near = nearest_partition(partition)
    message = f"{partition!r} is no partition of AWS{_meant(near)}"
    if near is None and partition.startswith("aws-"):
        return Misfit("INVALID_PARTITION", f"{message} that {places().source} knows", "note")
    return Misfit("INVALID_PARTITION", message, refused=True)


def _wrong_service(service: str) -> Misfit | None:
    if not service:
        return Misfit("MISSING_ARN_FIELD", "the ARN names no service", refused=True)
    name, services = service.lower(), action_index().services
    if not is_known(name) or name in services or formats_of_service(name):
        return None
    near = service_meant(name)
    if near is not None:
        return Misfit("INVALID_SERVICE", f"ARNs name no service {service!r}{_meant(near)}")
    return Misfit(
        "INVALID_SERVICE", f"AWS had no service {service!r} on {data_date()}", level="note"
    )


def _wrong_region(region: str, partition: str) -> Iterator[Misfit]:
    standing = standing_of_region(region)
    home = partition_of_region(region)
    if standing == "newer":
        message = f"{region!r} is no Region that {places().source} knows"
        yield Misfit("INVALID_ARN_REGION", message, "note")
    elif standing == "unknown":
        message = f"{region!r} is no Region of AWS{_meant(nearest_region(region))}"
        yield Misfit("INVALID_ARN_REGION", message)
    elif is_known(partition) and home != partition:
        message = f"the Region {region!r} is one of the partition {home!r}, not of {partition!r}"
        yield Misfit("INVALID_ARN_REGION", message)


def _is_account(account: str) -> bool:
    if account in _OWNERS:
        return True
    return len(account) == _DIGITS and account.isascii() and account.isdigit()


def _wrong_account(account: str) -> Misfit:
    return Misfit("INVALID_ARN_ACCOUNT", f"an account has 12 digits, {account!r} is none")


def _meant(near: str | None) -> str:
    return "" if near is None else f" (did you mean {near!r}?)"
