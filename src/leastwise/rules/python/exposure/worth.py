"""Grade what an outsider may do with a resource, by the access levels of AWS's reference.

https://docs.aws.amazon.com/service-authorization/latest/reference/

Some services are open by design, or are reached through a network that policies do not show:

- A REST API without a policy is as open as one that lets everyone invoke it; its methods decide
  (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html).
- A file system is reached through mount targets only, and by everyone there where it has no
  policy (https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html); a service of
  VPC Lattice through associated networks only.
- A search domain may have users of its own beside its policy
  (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html). One that is in a
  VPC is left out (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html).
- The URL of a function, and versions of layers, are meant to be shared
  (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html).
"""

from functools import lru_cache

from leastwise.graph.gains.granted import bits_of
from leastwise.iam.policy import Statement
from leastwise.rules.model import Level, cap
from leastwise.semantics.actions import action_index, info

LEVELS: tuple[Level, ...] = ("error", "warning", "note")
"""What an action is worth, the most first."""

_BY_NETWORK: dict[str, Level] = {
    "es": "warning",
    "elasticfilesystem": "note",
    "execute-api": "note",
    "vpc-lattice-svcs": "note",
}
_MEANT: dict[str, Level] = {
    "lambda:GetLayerVersion": "note",
    "lambda:InvokeFunctionUrl": "warning",
}
_DATA = frozenset(
    (
        "aps:QueryMetrics",
        "codeartifact:GetPackageVersionAsset",
        "codeartifact:ReadFromRepository",
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:GetRecords",
        "dynamodb:PartiQLSelect",
        "dynamodb:Query",
        "dynamodb:Scan",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
        "elasticfilesystem:ClientMount",
        "es:ESCrossClusterGet",
        "es:ESHttpGet",
        "glacier:GetJobOutput",
        "kinesis:GetRecords",
        "kinesis:SubscribeToShard",
        "lambda:GetFunction",
        "logs:FilterLogEvents",
        "logs:GetLogEvents",
        "mediastore:GetObject",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "secretsmanager:BatchGetSecretValue",
        "secretsmanager:GetSecretValue",
        "sqs:ReceiveMessage",
    )
)
"""Actions of the level Read that return content; the others describe the resource."""

_OF_PARTS = frozenset(
    (
        "kms:CreateGrant",
        "kms:RetireGrant",
        "kms:RevokeGrant",
        "s3:BypassGovernanceRetention",
        "s3:ObjectOwnerOverrideToBucketOwner",
        "s3:PutObjectAcl",
        "s3:PutObjectVersionAcl",
    )
)
"""Permissions on parts of a resource, which ordinary use by another account takes."""
_SERIOUS = ("Write", "Permissions management")


@lru_cache(maxsize=4096)
def worth(action: str) -> Level:
    """Grade a known action in the hands of somebody outside."""
    known = info(action)
    level = known.access_level if known is not None else "Write"
    graded: Level = "error" if level in _SERIOUS or action in _DATA else "warning"
    service = action.partition(":")[0]
    return cap(_MEANT.get(action, graded), _BY_NETWORK.get(service, "error"))


def is_permissions(action: str) -> bool:
    """Say whether an action manages the permissions on the resource as a whole."""
    known = info(action)
    managing = known is not None and known.access_level == "Permissions management"
    return managing and action not in _OF_PARTS


def is_content(action: str) -> bool:
    """Say whether an action reads content, or changes something."""
    known = info(action)
    return known is None or known.access_level in _SERIOUS or action in _DATA


def granted(statement: Statement, service: str | None) -> tuple[str, ...]:
    """List the known actions of a statement that a resource of a service takes part in."""
    index = action_index()
    bits = bits_of(statement)
    if service is not None and service.lower() in index.services:
        within = bits & index.bits(f"{service}:*")
        # What is granted for another service is a mistake that other rules tell.
        bits = within or bits
    return tuple(index.names(bits))
