"""What Ref and Fn::GetAtt give: parameters, pseudo parameters, and names and ARNs of resources.

Sources: "Pseudo parameters reference" and the "Return values" section of each resource type in
the AWS CloudFormation template reference; ARN formats in the Service Authorization Reference.
In a shape ``{name}`` is the name property or the name that CloudFormation invents,
``{path}`` the Path property, ``{url}`` the Url property without its scheme, and
``{?word:GLOB}`` a part that AWS invents, matching ``GLOB``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from leastwise.source.value import Symbol

_IAM = "arn:{partition}:iam::{account}:"


def _regional(service: str, resource: str) -> str:
    return f"arn:{{partition}}:{service}:{{region}}:{{account}}:{resource}"


@dataclass(frozen=True, slots=True)
class Shape:
    """Say how a resource type is named: its name property, what Ref gives, its attributes."""

    name: str
    ref: str = "{name}"
    attributes: dict[str, str] = field(default_factory=dict)


def _iam(name: str, resource: str, unique: str) -> Shape:
    return Shape(name, attributes={"Arn": f"{_IAM}{resource}{{path}}{{name}}"} | _id(unique))


def _id(unique: str) -> dict[str, str]:
    attribute, _, prefix = unique.partition(":")
    return {attribute: f"{{?{attribute}:{prefix}*}}"} if attribute else {}


def _named(name: str, arn: str) -> Shape:
    return Shape(name, attributes={"Arn": arn})


def _by_arn(name: str, arn: str, *attributes: str) -> Shape:
    return Shape(name, arn, dict.fromkeys(attributes, arn))


_MANAGED_POLICY = _IAM + "policy{path}{name}"

SHAPES: dict[str, Shape] = {
    "AWS::IAM::Role": _iam("RoleName", "role", "RoleId:AROA"),
    "AWS::IAM::User": _iam("UserName", "user", ""),
    "AWS::IAM::Group": _iam("GroupName", "group", ""),
    "AWS::IAM::InstanceProfile": _iam("InstanceProfileName", "instance-profile", ""),
    "AWS::IAM::ManagedPolicy": _by_arn("ManagedPolicyName", _MANAGED_POLICY, "PolicyArn", "Arn"),
    "AWS::IAM::OIDCProvider": _by_arn("", _IAM + "oidc-provider/{url}", "Arn"),
    "AWS::IAM::SAMLProvider": _by_arn("Name", _IAM + "saml-provider/{name}", "Arn"),
    "AWS::S3::Bucket": _named("BucketName", "arn:{partition}:s3:::{name}"),
    "AWS::SQS::Queue": Shape(
        "QueueName",
        "{?url:https://*}",
        {"Arn": _regional("sqs", "{name}"), "QueueName": "{name}"},
    ),
    "AWS::SNS::Topic": Shape(
        "TopicName",
        _regional("sns", "{name}"),
        {"TopicArn": _regional("sns", "{name}"), "TopicName": "{name}"},
    ),
    "AWS::Lambda::Function": _named("FunctionName", _regional("lambda", "function:{name}")),
    "AWS::DynamoDB::Table": Shape(
        "TableName",
        attributes={
            "Arn": _regional("dynamodb", "table/{name}"),
            "StreamArn": _regional("dynamodb", "table/{name}/stream/{?stream:*}"),
        },
    ),
    "AWS::KMS::Key": _named("", _regional("kms", "key/{name}")),
    "AWS::Logs::LogGroup": _named("LogGroupName", _regional("logs", "log-group:{name}:*")),
    "AWS::SecretsManager::Secret": _by_arn(
        "Name", _regional("secretsmanager", "secret:{name}-{?suffix:??????}"), "Id"
    ),
    "AWS::Kinesis::Stream": _named("Name", _regional("kinesis", "stream/{name}")),
    "AWS::KinesisFirehose::DeliveryStream": _named(
        "DeliveryStreamName", _regional("firehose", "deliverystream/{name}")
    ),
    "AWS::StepFunctions::StateMachine": _by_arn(
        "StateMachineName", _regional("states", "stateMachine:{name}"), "Arn"
    ),
    "AWS::ECR::Repository": _named("RepositoryName", _regional("ecr", "repository/{name}")),
    "AWS::ECS::Cluster": _named("ClusterName", _regional("ecs", "cluster/{name}")),
    "AWS::EKS::Cluster": _named("Name", _regional("eks", "cluster/{name}")),
    "AWS::CodeBuild::Project": _named("Name", _regional("codebuild", "project/{name}")),
    "AWS::CodeCommit::Repository": Shape(
        "", "{?id:*}", {"Arn": _regional("codecommit", "{?name:*}")}
    ),
    "AWS::EFS::FileSystem": _named("", _regional("elasticfilesystem", "file-system/{name}")),
}


def invented_name(path: str, logical_id: str, kind: str) -> Symbol:
    """Stand for the name that CloudFormation invents for a resource without one.

    SOUND: over-approximates. IAM names are ``Stack-LogicalId-RANDOM``, where a long logical id
    is cut; other services lower the case or cut both parts, so that anything may come out.
    Source: "Name type", AWS CloudFormation User Guide.
    """
    glob = "*"
    if kind.startswith("AWS::IAM::"):
        glob = f"*-{logical_id}-*" if len(logical_id) <= 20 else f"*-{logical_id[:20]}*"
    return Symbol(f"{path}|{logical_id}.name", logical_id, glob)


def parts_of(shape: str) -> Iterator[tuple[str, str]]:
    """Split a shape into ``("", text)`` and ``(name, glob)`` parts, in order."""
    rest = shape
    while rest:
        text, brace, rest = rest.partition("{")
        if text:
            yield "", text
        if brace:
            inner, _, rest = rest.partition("}")
            name, _, glob = inner.partition(":")
            yield name, glob
