"""What an action on every resource is worth, where AWS's access level does not tell.

The lists follow the descriptions of the actions in the Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/). Only actions that can be
limited to resources count, so others need not be listed.
"""

from functools import cache

from leastwise.graph.gains.gain import strength
from leastwise.rules.model import LEVEL_OF, Level
from leastwise.semantics.actions import ActionInfo, action_index

CREDENTIAL_READS = (
    "acm:ExportCertificate",
    "bedrock-agentcore:GetResourceApiKey",
    "bedrock-agentcore:GetResourceOauth2Token",
    "bedrock-agentcore:GetWorkloadAccessToken*",
    "codeartifact:GetAuthorizationToken",
    "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
    "cognito-idp:DescribeUserPoolClient",
    "connect:GetFederationToken",
    "ec2:GetPasswordData",
    "elasticmapreduce:GetClusterSessionCredentials",
    "emr-containers:GetManagedEndpointSessionCredentials",
    "gamelift:GetComputeAuthToken",
    "gamelift:GetInstanceAccess",
    "gamelift:RequestUploadCredentials",
    "lightsail:GetInstanceAccessDetails",
    "lightsail:GetRelationalDatabaseMasterUserPassword",
    "rds-db:connect",
    "redshift:GetClusterCredentials",
    "redshift:GetClusterCredentialsWithIAM",
    "redshift-serverless:GetCredentials",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "sts:GetFederationToken",
)
"""Actions that return a password, a key, a token, or what people keep them in."""

DATA_READS = (
    "athena:GetQueryResults*",
    "cassandra:Select*",
    "codecommit:GetBlob",
    "codecommit:GetFile",
    "codecommit:GitPull",
    "dax:BatchGetItem",
    "dax:GetItem",
    "dax:Query",
    "dax:Scan",
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ebs:GetSnapshotBlock",
    "elasticfilesystem:ClientMount",
    "es:ESHttpGet",
    "glacier:GetJobOutput",
    "healthlake:ReadResource",
    "healthlake:SearchWith*",
    "kafka-cluster:ReadData",
    "kinesis:GetRecords",
    "kinesis:SubscribeToShard",
    "kinesisvideo:GetMedia*",
    "kms:Decrypt",
    "lambda:GetFunction",
    "medical-imaging:GetImageFrame",
    "neptune-db:ReadDataViaQuery",
    "omics:GetReadSet",
    "rds:DownloadCompleteDBLogFile",
    "rds:DownloadDBLogFilePortion",
    "s3:GetObject",
    "s3:GetObjectTorrent",
    "s3:GetObjectVersion",
    "s3:GetObjectVersionTorrent",
    "s3-object-lambda:GetObject*",
    "s3-outposts:GetObject*",
    "s3tables:GetTableData",
    "sdb:Select",
    "sqs:ReceiveMessage",
    "timestream:Select",
    "workmailmessageflow:GetRawMessageContent",
)
"""Actions that return what customers store: objects, items, records, messages, source code."""

MODEST = (
    # An agent reports on its own instance; AWS's policies for instances grant them on "*".
    "ecs:CreateCluster",
    "ecs:DeregisterContainerInstance",
    "ecs:Poll",
    "ecs:RegisterContainerInstance",
    "ecs:StartTelemetrySession",
    "ecs:SubmitAttachmentStateChanges",
    "ecs:SubmitContainerStateChange",
    "ecs:SubmitTaskStateChange",
    "ecs:UpdateContainerInstancesState",
    "ssm:PutComplianceItems",
    "ssm:PutConfigurePackageResult",
    "ssm:PutInventory",
    "ssm:UpdateAssociationStatus",
    "ssm:UpdateInstanceAssociationStatus",
    "ssm:UpdateInstanceInformation",
    # What is made has an id of its own, so it takes nobody's place.
    "ec2:AllocateAddress",
    "ec2:CreateSecurityGroup",
    "ec2:CreateVolume",
    "elasticloadbalancing:CreateTargetGroup",
    "lambda:PublishVersion",
    # Functions and pods in a network need them, and what is attached cannot be deleted:
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    "ec2:AssignIpv6Addresses",
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignIpv6Addresses",
    "ec2:UnassignPrivateIpAddresses",
    # The role's trust policy, the key's state and the registry's rules stay as they are.
    "sts:AssumeRole",
    "sts:SetSourceIdentity",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:GenerateMac",
    "kms:ReEncrypt*",
    "ecr:BatchImportUpstreamImage",
    # AWS refuses it while the service uses the role.
    "iam:DeleteServiceLinkedRole",
    # The caller's own, whatever is named; a device is nobody's until somebody enables it:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html
    "iam:ChangePassword",
    "iam:CreateVirtualMFADevice",
)
"""Actions whose level is a change, but which change little that belongs to others."""

ELSEWHERE = ("iam:CreateServiceLinkedRole",)
"""Actions that have a rule of their own."""


@cache
def bits_among(globs: tuple[str, ...]) -> int:
    """Return the known actions that any of the globs matches as a bit set."""
    index = action_index()
    bits = 0
    for glob in globs:
        bits |= index.bits(glob)
    return bits


@cache
def _not_changes() -> int:
    return bits_among(CREDENTIAL_READS + DATA_READS + ELSEWHERE)


def without_reads(bits: int) -> int:
    """Return a bit set without the actions that have a rule of their own."""
    return bits & ~_not_changes()


@cache
def _modest() -> frozenset[str]:
    return frozenset(action_index().names(bits_among(MODEST)))


def weight(known: ActionInfo) -> Level:
    """Grade a change on every resource."""
    if known.access_level == "Tagging" or known.name in _modest():
        return "note"
    return LEVEL_OF[strength(known.name)]


def is_change(known: ActionInfo) -> bool:
    """Say whether an action changes something.

    Some services list what only describes permissions under Permissions management; AWS names
    actions for what they do.
    """
    name = known.name.partition(":")[2]
    if name.startswith(("Describe", "List")):
        return False
    return known.access_level in ("Write", "Permissions management", "Tagging")
