"""Read the events that Lambda polls: what the role of the function needs for them.

Source: the event source pages of "AWS::Serverless::Function", AWS SAM Developer Guide, and the
published translator for the statements.
"""

from collections.abc import Callable

from leastwise.frontends.cloudformation.transforms.sam.events import Event, Target
from leastwise.frontends.cloudformation.transforms.sam.making import (
    Plain,
    arn,
    function_name,
)
from leastwise.frontends.cloudformation.transforms.sam.policies import aws_managed
from leastwise.frontends.cloudformation.transforms.sam.roles import (
    Role,
    allow,
    attach,
    document,
    embed,
)
from leastwise.frontends.cloudformation.transforms.sam.work import (
    add,
    is_true,
    items_of,
    literal,
    member,
)
from leastwise.source.text import concat, literal_text
from leastwise.source.value import Mapping, Text, Value

# Of each type: the property that names the source, and the managed policy that reads it.
_SOURCES: dict[str, tuple[str, str]] = {
    "Kinesis": ("Stream", "AWSLambdaKinesisExecutionRole"),
    "DynamoDB": ("Stream", "AWSLambdaDynamoDBExecutionRole"),
    "SQS": ("Queue", "AWSLambdaSQSQueueExecutionRole"),
    "MSK": ("Stream", "AWSLambdaMSKExecutionRole"),
    "MQ": ("Broker", ""),
    "DocumentDB": ("Cluster", ""),
    "SelfManagedKafka": ("", ""),
}
_NETWORK = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeVpcs",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
]
_SECRET = ["secretsmanager:GetSecretValue"]
_WITHOUT_SECRET = frozenset({"IAM_AUTH", "IAM_OAUTHBEARER_AUTH"})
_METADATA = frozenset(
    {
        "OAUTHBEARER_SCOPE", "OAUTHBEARER_AUDIENCE", "OAUTHBEARER_LOGICAL_CLUSTER",
        "OAUTHBEARER_IDENTITY_POOL",
    }
)  # fmt: skip
_SUBNET, _GROUP, _AUTHORITY = "VPC_SUBNET", "VPC_SECURITY_GROUP", "SERVER_ROOT_CA_CERTIFICATE"


def is_source(kind: str) -> bool:
    """Say whether Lambda polls the events of a type."""
    return kind in _SOURCES


def read_source(event: Event, target: Target, role: Role) -> None:
    """Add the event source mapping, and to the role what reading the source needs."""
    name, managed = _SOURCES[event.kind]
    source = event.get(name) if name else None
    properties: dict[str, Plain] = {"FunctionName": target.name, "EventSourceArn": source}
    add(event.macro, event.id, "AWS::Lambda::EventSourceMapping", properties, span=event.span)
    if managed:
        attach(role, aws_managed(f"service-role/{managed}", event.span))
    for policy in _POLICIES[event.kind](event) if event.kind in _POLICIES else ():
        embed(role, policy)
    failed = member(member(event.get("DestinationConfig"), "OnFailure"), "Destination")
    for policy in _failure_policies(event, failed):
        embed(role, policy)


def _failure_policies(event: Event, destination: Value | None) -> list[Value]:
    """Return what sending failed batches on needs; a destination without Type gets nothing."""
    on_failure = member(event.get("DestinationConfig"), "OnFailure")
    kind = literal(event.macro.work, member(on_failure, "Type"))
    if destination is None or kind is None:
        return []
    return destination_policies(kind, destination, event.id)


def destination_policies(kind: str, destination: Value, prefix: str) -> list[Value]:
    """Return what sending results to a destination needs; Kafka needs nothing that SAM knows."""
    place = destination.span
    match kind:
        case "SQS":
            return [allow(prefix + "SQSPolicy", "sqs:SendMessage", destination, place)]
        case "SNS":
            return [allow(prefix + "SNSPolicy", "sns:publish", destination, place)]
        case "EventBridge":
            name = prefix + "EventBridgePolicy"
            return [allow(name, "events:PutEvents", destination, place)]
        case "Lambda":
            return [allow(prefix + "LambdaPolicy", "lambda:InvokeFunction", destination, place)]
        case "S3" | "S3Bucket":
            objects: Plain = {"Fn::Join": ["/", [destination, "*"]]}
            statements: list[Plain] = [
                _allow("s3:PutObject", objects),
                _allow("s3:ListBucket", destination),
            ]
            return [document(prefix + "S3Policy", statements, place)]
        case _:
            return []


def _allow(action: Plain, resource: Plain) -> Plain:
    return {"Action": action, "Effect": "Allow", "Resource": resource}


def _kafka_cluster(event: Event) -> list[Value]:
    statements = _registry(event)
    for kind, uri in _access(event):
        if kind == "CLIENT_CERTIFICATE_TLS_AUTH" and uri is not None:
            statements.append(_allow(_SECRET, uri))
    place = event.place("SourceAccessConfigurations")
    return [document("MSKExecutionRolePolicy", statements, place)] if statements else []


def _queue_broker(event: Event) -> list[Value]:
    secret = _basic_auth(event)
    broker = event.get("Broker")
    if secret is None or broker is None:
        return []
    statements = [_allow(_SECRET, secret), _allow(["mq:DescribeBroker"], broker)]
    statements += _key(event, "kms:Decrypt")
    dynamic = is_true(event.macro.work, event.get("DynamicPolicyName"))
    name = f"{event.id}AMQPolicy" if dynamic else "SamAutoGeneratedAMQPolicy"
    return [document(name, statements, event.place("SourceAccessConfigurations"))]


def _document_database(event: Event) -> list[Value]:
    secret = _basic_auth(event)
    if secret is None:
        return []
    statements = [
        _allow(_SECRET, secret),
        _allow(["rds:DescribeDBClusterParameters"], arn("rds", "cluster-pg:*")),
        _allow(["rds:DescribeDBSubnetGroups"], arn("rds", "subgrp:*")),
        _allow(["rds:DescribeDBClusters"], event.get("Cluster")),
        _allow(_NETWORK, "*"),
        *_key(event, ["kms:Decrypt"]),
    ]
    place = event.place("SourceAccessConfigurations")
    return [document("SamAutoGeneratedDocumentDBPolicy", statements, place)]


def _own_kafka(event: Event) -> list[Value]:
    statements: list[Plain] = []
    authorities: list[Plain] = []
    kinds: set[str] = set()
    for kind, uri in _access(event):
        kinds.add(kind)
        if kind == _AUTHORITY:
            authorities.append(_allow(_SECRET, uri))
        elif kind not in _WITHOUT_SECRET | _METADATA | {_SUBNET, _GROUP} and uri is not None:
            statements.append(_allow(_SECRET, uri))
    statements += authorities
    if {_SUBNET, _GROUP} <= kinds:
        statements.append(_allow(_NETWORK, "*"))
    statements += _key(event, ["kms:Decrypt"])
    statements += _registry(event)
    place = event.place("SourceAccessConfigurations")
    name = "SelfManagedKafkaExecutionRolePolicy"
    return [document(name, statements, place, version="2012-10-17")] if statements else []


def _access(event: Event) -> list[tuple[str, Value | None]]:
    """Return type and URI of each entry of SourceAccessConfigurations."""
    found = []
    for item in items_of(event.get("SourceAccessConfigurations")):
        kind = member(item, "Type")
        if isinstance(kind, Text) and kind.literal is not None:
            found.append((kind.literal, member(item, "URI")))
    return found


def _basic_auth(event: Event) -> Value | None:
    for kind, uri in _access(event):
        if kind == "BASIC_AUTH" and uri is not None:
            return uri
    event.problem("SourceAccessConfigurations", "there is no BASIC_AUTH with a URI")
    return None


def _key(event: Event, action: Plain) -> list[Plain]:
    key = event.get("SecretsManagerKmsKeyId")
    if not isinstance(key, Text):
        return []
    start = "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/"
    return [_allow(action, {"Fn::Sub": concat([literal_text(start), key], key.span)})]


def _registry(event: Event) -> list[Plain]:
    """Return what a schema registry needs: its secrets, and with AWS Glue the registry itself."""
    registry = event.get("SchemaRegistryConfig")
    statements: list[Plain] = [
        _allow(_SECRET, uri)
        for item in items_of(member(registry, "AccessConfigs"))
        if (uri := member(item, "URI")) is not None
    ]
    address = member(registry, "SchemaRegistryURI")
    name = _registry_name(address)
    if name is not None:
        statements.append(_allow(["glue:GetRegistry"], address))
        schemas = [arn("glue", f"schema/{name}/*")]
        statements.append(_allow(["glue:GetSchemaVersion"], schemas))
    return statements


def _registry_name(address: Value | None) -> str | None:
    if function_name(address) == "Fn::Sub" and isinstance(address, Mapping):
        address = address.entries[0][1]
    text = address.literal if isinstance(address, Text) else None
    parts = (text or "").split(":")
    if parts[0] != "arn" or len(parts) < 6 or not parts[-1].startswith("registry/"):
        return None
    return parts[-1].removeprefix("registry/")


_POLICIES: dict[str, Callable[[Event], list[Value]]] = {
    "MSK": _kafka_cluster,
    "MQ": _queue_broker,
    "DocumentDB": _document_database,
    "SelfManagedKafka": _own_kafka,
}
