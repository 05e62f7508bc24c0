"""validity/missing-element and validity/missing-version: what every policy of a kind must have.

Sources: "Grammar of the IAM JSON policy language", AWS IAM User Guide. Resource policies of some
services leave Resource out (Amazon ECR does), so that only those that must have it are told.
"""

from collections.abc import Iterator

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written import (
    element,
    is_absent,
    policy_of,
    statements,
    tops,
)
from leastwise.source.value import Mapping

_MUST_NAME_RESOURCES = frozenset(
    {
        "aws_kms_key",
        "aws_kms_key_policy",
        "aws_s3_bucket",
        "aws_s3_bucket_policy",
        "aws_sns_topic",
        "aws_sns_topic_policy",
        "aws_sqs_queue",
        "aws_sqs_queue_policy",
        "AWS::KMS::Key",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
        "kms",
        "s3",
        "sns",
        "sqs",
    }
)
"""Carriers of resource policies, as their front ends name them, which take none without."""


def decide(case: Case) -> tuple[Hit, ...]:
    """Report the elements without which AWS refuses a document."""
    return reported((*_without_statement(case), *_of_statements(case)), case)


def decide_version(case: Case) -> tuple[Hit, ...]:
    """Report a document without Version, which AWS reads as one of 2008-10-17."""
    found = (
        Issue(
            "MISSING_VERSION",
            "note",
            "{subject} has no Version, so that AWS reads it by the rules of 2008-10-17",
            top.value.span,
            certainty=top.certainty,
        )
        for top in tops(case)
        if isinstance(top.value, Mapping)
        and is_absent(top.value, "Version")
        and element(top.value, "Statement") is not None
    )
    return reported(found, case)


def _without_statement(case: Case) -> Iterator[Issue]:
    for top in tops(case):
        if isinstance(top.value, Mapping) and is_absent(top.value, "Statement"):
            message = "{subject} has no Statement"
            # A document that lists what it is given is empty where it is given nothing.
            yield Issue(
                "MISSING_STATEMENT",
                "error" if top.certainty == "proven" else "note",
                message,
                top.value.span,
                certainty=top.certainty,
            )


def _of_statements(case: Case) -> Iterator[Issue]:
    for written in statements(case):
        # One at a place: what else is missing is told once this is there.
        first = next(_missing(case, written.mapping), None)
        if first is not None:
            code, what = first
            message = f"a statement of {{subject}} has no {what}"
            key = (written.statement.sid or "",)
            yield Issue(code, "error", message, written.place, written.number, key)


def _missing(case: Case, mapping: Mapping) -> Iterator[tuple[str, str]]:
    kind = policy_of(case).kind
    if is_absent(mapping, "Effect"):
        yield "MISSING_EFFECT", "Effect"
    if is_absent(mapping, "Action", "NotAction"):
        yield "MISSING_ACTION", "Action"
    if kind in ("trust", "resource", "rcp") and is_absent(mapping, "Principal", "NotPrincipal"):
        yield "MISSING_PRINCIPAL", "Principal"
    if _names_resources(case) and is_absent(mapping, "Resource", "NotResource"):
        yield "MISSING_RESOURCE", "Resource"


def _names_resources(case: Case) -> bool:
    policy = policy_of(case)
    if policy.kind != "resource":
        return policy.kind != "trust"
    carrier = case.view.carriers.get(id(policy))
    return carrier is not None and carrier.type in _MUST_NAME_RESOURCES
