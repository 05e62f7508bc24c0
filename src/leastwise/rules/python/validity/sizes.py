"""validity/policy-too-large: documents beyond the quota of their kind, once evaluated.

Sources: "IAM and AWS STS quotas", AWS IAM User Guide (white space does not count; a managed policy
has 6,144 characters, the inline policies of a user 2,048, of a group 5,120 and of a role 10,240
together, a trust policy 2,048 or, raised, 8,192); "Quotas for AWS Organizations" (5,120 for an SCP
or RCP); quotas of Amazon S3 (20 KB), AWS KMS (32 KB), AWS Secrets Manager and AWS Lambda (20 KB).

# SOUND: what is not known counts for nothing, so that a document is larger than is said here.
"""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.iam.project import Attachment, Policy, Principal
from leastwise.rules.cases import Case, View
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written import policy_of
from leastwise.source.value import (
    Chars,
    Choice,
    Encoded,
    Mapping,
    Piece,
    Scalar,
    Sequence,
    Text,
    Unknown,
    Value,
)

MANAGED, ORGANIZATION, TRUST, RAISED_TRUST = 6_144, 5_120, 2_048, 8_192
INLINE = {"user": 2_048, "group": 5_120, "role": 10_240, "permission-set": 10_240}
"""Characters of all inline policies of one principal together."""
_RESOURCE = {
    "aws_kms_key": 32_768,
    "aws_kms_key_policy": 32_768,
    "aws_s3_bucket": 20_480,
    "aws_s3_bucket_policy": 20_480,
    "aws_secretsmanager_secret": 20_480,
    "aws_secretsmanager_secret_policy": 20_480,
    "AWS::KMS::Key": 32_768,
    "AWS::S3::BucketPolicy": 20_480,
    "AWS::SecretsManager::ResourcePolicy": 20_480,
    "kms": 32_768,
    "s3": 20_480,
    "secretsmanager": 20_480,
}
_LARGEST_OF_RESOURCES = 32_768
_WORTH_ADDING = 1_000
"""Inline policies below do not start the search for what else their principal holds."""


class Quota(NamedTuple):
    """Say how much a document may hold, how serious more is, and what Access Analyzer calls it."""

    code: str
    characters: int
    level: Level
    what: str


def decide(case: Case) -> tuple[Hit, ...]:
    """Report a document that is larger than AWS takes."""
    return reported(_issues(case), case)


def _issues(case: Case) -> Iterator[Issue]:
    policy = policy_of(case)
    size = 0 if policy.value is None else measure(policy.value)
    if size > _WORTH_ADDING:
        for quota, counted in _quotas(case, size):
            if counted > quota.characters:
                message = (
                    f"{{subject}} has at least {counted:,} characters{quota.what}; AWS takes"
                    f" {quota.characters:,}"
                )
                yield Issue(quota.code, quota.level, message, policy.span)
                return


def _quotas(case: Case, size: int) -> Iterator[tuple[Quota, int]]:
    policy = policy_of(case)
    match policy.kind:
        case "identity" | "boundary" | "session":
            yield _of_identity(policy, case.view, size)
        case "trust":
            code = "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA"
            yield Quota(code, RAISED_TRUST, "error", ""), size
            yield Quota(code, TRUST, "warning", " (unless the quota was raised)"), size
        case "scp" | "rcp":
            code = f"POLICY_SIZE_EXCEEDS_{policy.kind.upper()}_QUOTA"
            yield Quota(code, ORGANIZATION, "error", ""), size
        case "resource":
            carrier = case.view.carriers.get(id(policy))
            most = None if carrier is None else _RESOURCE.get(carrier.type)
            code = "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA"
            yield Quota(code, most or _LARGEST_OF_RESOURCES, "warning", ""), size
        case _:
            return


def _of_identity(policy: Policy, view: View, size: int) -> tuple[Quota, int]:
    """Choose between the quota of a managed policy and that of all that its holder has inline."""
    code = "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"
    principal, attachment = _holding(policy, view)
    if principal is None or attachment is None:
        return Quota(code, MANAGED, "warning", ""), size
    if attachment.how == "managed":
        return Quota(code, MANAGED, "error", ""), size
    inline = _inline(principal)
    together = sum(measure(p.value) for p in inline if p.value is not None)
    others = f" with the other inline policies of {principal.address}" if len(inline) > 1 else ""
    # Only the first one tells what is too much together.
    counted = together if inline and inline[0] is policy else size
    return Quota(code, INLINE[principal.kind], "error", others), counted


def _holding(policy: Policy, view: View) -> tuple[Principal | None, Attachment | None]:
    for principal in view.project.principals:
        for attachment in principal.attachments:
            if attachment.policy is policy and attachment.via is None:
                return principal, attachment
    return None, None


def _inline(principal: Principal) -> tuple[Policy, ...]:
    own = (a.policy for a in principal.attachments if a.how == "inline" and a.via is None)
    return tuple(p for p in own if not any(s.when for s in p.document.statements))


def measure(value: Value) -> int:
    """Count the characters that a value has at least as JSON without white space."""
    match value:
        case Text():
            return 2 + sum(map(_of_piece, value.pieces))
        case Scalar():
            return len(str(value.value))
        case Sequence():
            return 2 + sum(map(measure, value.items)) + max(0, len(value.items) - 1)
        case Mapping():
            parts = (measure(key) + 1 + measure(item) for key, item in value.entries)
            return 2 + sum(parts) + max(0, len(value.entries) - 1)
        case Choice():
            return min((measure(v) for _, v in value.alternatives), default=0)
        case Unknown():
            return 0


def _of_piece(piece: Piece) -> int:
    if isinstance(piece, Chars):
        return sum(2 if character in '"\\\n\t\r' else 1 for character in piece.text)
    return measure(piece.value) if isinstance(piece, Encoded) else 0
