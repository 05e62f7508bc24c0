"""Say what the framework adds to the role of a function for what the function has.

Source: the pages "Serverless Framework - AWS Lambda Events", one for each kind of event, and
"Functions" (destinations, tracing, ``onError``, ``kmsKeyArn``, ``fileSystemConfig``); where they
do not spell the statements, the templates that ``serverless package`` writes (versions 3 and 4).
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from leastwise.frontends.cloudformation.serverless.build import join, ref, regional, statement, text
from leastwise.source.span import Span
from leastwise.source.value import Mapping, Scalar, Sequence, Symbol, Text, Unknown, Value

_NETWORK = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
)
_SHARD = ("GetRecords", "GetShardIterator")
_DYNAMODB = tuple(f"dynamodb:{name}" for name in (*_SHARD, "DescribeStream", "ListStreams"))
_KINESIS = tuple(f"kinesis:{name}" for name in (*_SHARD, "DescribeStream", "ListStreams"))
_CONSUMED = tuple(f"kinesis:{name}" for name in (*_SHARD, "DescribeStreamSummary", "ListShards"))
_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_SECRET = ("secretsmanager:GetSecretValue",)
_SASL = (
    "saslPlainAuth",
    "saslScram256Auth",
    "saslScram512Auth",
    "clientCertificateTlsAuth",
    "serverRootCaCertificate",
)
_EDGE_LOGS = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "logs:TagResource",
)
_DESTINATIONS = {
    "function": ("lambda:InvokeFunction", ":function:"),
    "sqs": ("sqs:SendMessage", ":sqs:"),
    "sns": ("sns:Publish", ":sns:"),
    "eventBus": ("events:PutEvents", ":event-bus/"),
}


PLUGIN_EVENTS = frozenset({"sqs", "stream"})
"""The events for which serverless-iam-roles-per-function adds statements."""


class Function(NamedTuple):
    """Hold one function of a service: its key, what it has, and its name in Lambda."""

    key: Text
    body: Mapping
    name: Value

    @property
    def label(self) -> str:
        """Return the key as it is written."""
        return self.key.literal or ""

    @property
    def logical_id(self) -> str:
        """Return how logical ids of this function begin.

        Source: "Serverless Framework - AWS - Resources", AWS CloudFormation Resource Reference.
        """
        name = self.label.replace("-", "Dash").replace("_", "Underscore")
        return name[:1].upper() + name[1:]

    def events(self) -> Iterator[tuple[str, Value, Span | None]]:
        """Yield the events: their kind, what they have, and where they are written."""
        events = self.body.get("events")
        for event in events.items if isinstance(events, Sequence) else ():
            if isinstance(event, Text):
                yield event.literal or "", event, event.span
            for key, value in event.entries if isinstance(event, Mapping) else ():
                yield key.literal or "", value, key.span


def is_set(value: Value | None) -> bool:
    """Say whether a value counts as given: it is not missing, null, false or empty.

    SOUND: over-approximates; what is not known counts as given.
    """
    match value:
        case None:
            return False
        case Scalar():
            return bool(value.value)
        case Text():
            return bool(value.pieces)
        case _:
            return True


def event_statements(function: Function, kinds: frozenset[str] | None = None) -> Iterator[Mapping]:
    """Yield the statements for the events of a function, of all kinds or some."""
    for kind, event, cause in function.events():
        if kinds is not None and kind not in kinds:
            continue
        make = _EVENTS.get(kind)
        if make is not None:
            yield from make(event, cause)
        elif kind == "schedule" and _is_scheduled(event):
            own = _function_arn(function.name, cause)
            versions = _function_arn(function.name, cause, ":*")
            yield statement(("lambda:InvokeFunction",), (own, versions), cause)


def trusted_services(functions: tuple[Function, ...]) -> dict[str, Span | None]:
    """Return the services that may assume the role of these functions, with their causes."""
    found: dict[str, Span | None] = {"lambda.amazonaws.com": None}
    for function in functions:
        for kind, event, cause in function.events():
            if kind == "schedule" and _is_scheduled(event):
                found.setdefault("scheduler.amazonaws.com", cause)
            elif kind == "cloudFront":
                found.setdefault("edgelambda.amazonaws.com", cause)
    return found


def _is_scheduled(event: Value) -> bool:
    """Say whether a schedule is one of EventBridge Scheduler, which assumes the role."""
    method = event.get("method") if isinstance(event, Mapping) else None
    return isinstance(method, Text) and method.literal == "scheduler"


def property_statements(function: Function, provider: Mapping) -> Iterator[Mapping]:
    """Yield the statements for other properties of a function."""
    body = function.body
    error = body.get("onError")
    if isinstance(error, Text):
        yield statement(("sns:Publish",), (error,), error.span)
    key = body.get("kmsKeyArn") or provider.get("kmsKeyArn")
    if isinstance(key, (Text, Unknown)):
        yield statement(("kms:Decrypt",), (key,), key.span)
    tracing = provider.get("tracing")
    default = tracing.get("lambda") if isinstance(tracing, Mapping) else None
    traced = body.get("tracing") or default
    if traced is not None and is_set(traced):
        actions = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
        yield statement(actions, (text("*", traced.span),), traced.span)
    files = body.get("fileSystemConfig")
    arn = files.get("arn") if isinstance(files, Mapping) else None
    if arn is not None:
        actions = ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")
        yield statement(actions, (arn,), arn.span)


def destination_statements(
    function: Function, names: Callable[[str], Value | None]
) -> Iterator[Mapping]:
    """Yield the statements for destinations; ``names`` gives the name of another function."""
    destinations = function.body.get("destinations")
    for key in ("onSuccess", "onFailure"):
        given = destinations.get(key) if isinstance(destinations, Mapping) else None
        if isinstance(given, Mapping):
            kind, arn = given.get("type"), given.get("arn")
            found = _DESTINATIONS.get((kind.literal or "") if isinstance(kind, Text) else "")
            if found is not None and arn is not None:
                yield statement((found[0],), (arn,), given.span)
        elif isinstance(given, Text):
            yield from _destination(given, names)


def _destination(given: Text, names: Callable[[str], Value | None]) -> Iterator[Mapping]:
    name = names(given.literal or "")
    if name is not None:
        arn = _function_arn(name, given.span)
        yield statement(("lambda:InvokeFunction",), (arn,), given.span)
        return
    written = "".join(getattr(piece, "text", "") for piece in given.pieces)
    for action, part in _DESTINATIONS.values():
        if part in written:
            yield statement((action,), (given,), given.span)


def _function_arn(name: Value, cause: Span | None, qualifier: str = "") -> Mapping:
    rest = (text("function:", cause), name, *((text(qualifier, cause),) if qualifier else ()))
    return regional("lambda", *rest, cause=cause)


def _arn(event: Value, name: str = "arn") -> tuple[Value, ...]:
    """Return the ARN that an event names: it is the event, or a property of it."""
    if not isinstance(event, Mapping):
        return (event,) if isinstance(event, (Text, Unknown)) else ()
    if len(event.entries) == 1 and (event.entries[0][0].literal or "").startswith(("Fn::", "Ref")):
        return (event,) if name == "arn" else ()
    found = event.get(name)
    return () if found is None else (found,)


def _service(arn: Value) -> str:
    """Return the service of a literal ARN, empty where it is not known."""
    first = arn.pieces[0] if isinstance(arn, Text) and arn.pieces else None
    parts = getattr(first, "text", "").split(":")
    return parts[2] if len(parts) > 3 else ""


def _sqs(event: Value, cause: Span | None) -> Iterator[Mapping]:
    for arn in _arn(event):
        yield statement(_QUEUE, (arn,), cause)


def _stream(event: Value, cause: Span | None) -> Iterator[Mapping]:
    given = event.get("type") if isinstance(event, Mapping) else None
    consumer = event.get("consumer") if isinstance(event, Mapping) else None
    for arn in _arn(event):
        kind = given.literal if isinstance(given, Text) else _service(arn)
        if kind == "dynamodb":
            yield statement(_DYNAMODB, (arn,), cause)
        elif not is_set(consumer):
            yield statement(_KINESIS, (arn,), cause)
        else:
            yield statement(_CONSUMED, (arn,), cause)
            made = isinstance(consumer, Scalar) or consumer is None
            # The consumer that the framework makes has an ARN that only AWS knows.
            own: Value = _made_consumer(cause) if made or consumer is None else consumer
            yield statement(("kinesis:SubscribeToShard",), (own,), cause)
    yield from _on_failure(event, cause)


def _made_consumer(cause: Span | None) -> Value:
    place = "" if cause is None else f"{cause.path} {cause.start}"
    symbol = Symbol(f"{place}|consumer", "StreamConsumer", "arn:*:kinesis:*:*:stream/*/consumer/*")
    return Unknown(symbol, "the consumer that the framework makes", cause)


def _on_failure(event: Value, cause: Span | None) -> Iterator[Mapping]:
    destinations = event.get("destinations") if isinstance(event, Mapping) else None
    failure = destinations.get("onFailure") if isinstance(destinations, Mapping) else None
    if failure is None:
        return
    given = failure.get("type") if isinstance(failure, Mapping) else None
    for arn in _arn(failure):
        kind = given.literal if isinstance(given, Text) else _service(arn)
        sends = ("sns:Publish",) if kind == "sns" else ("sqs:ListQueues", "sqs:SendMessage")
        yield statement(sends, (arn,), cause)


def _msk(event: Value, cause: Span | None) -> Iterator[Mapping]:
    for arn in _arn(event):
        yield statement(("kafka:DescribeCluster", "kafka:GetBootstrapBrokers"), (arn,), cause)
        yield statement(_NETWORK, (text("*", cause),), cause)


def _broker(event: Value, cause: Span | None) -> Iterator[Mapping]:
    for secret in _arn(event, "basicAuthArn"):
        yield statement(_SECRET, (secret,), cause)
    for arn in _arn(event):
        yield statement(("mq:DescribeBroker",), (arn,), cause)
    yield statement(_NETWORK, (text("*", cause),), cause)


def _kafka(event: Value, cause: Span | None) -> Iterator[Mapping]:
    access = event.get("accessConfigurations") if isinstance(event, Mapping) else None
    if not isinstance(access, Mapping):
        return
    for name in _SASL:
        secrets = access.get(name)
        if isinstance(secrets, Sequence) and secrets.items:
            yield statement(_SECRET, secrets.items, cause)
    if access.get("vpcSubnet") is not None or access.get("vpcSecurityGroup") is not None:
        yield statement(_NETWORK, (text("*", cause),), cause)


def _partitioned(rest: str, cause: Span | None) -> Mapping:
    return join("", (text("arn:", cause), ref("AWS::Partition", cause), text(rest, cause)), cause)


def _websocket(_event: Value, cause: Span | None) -> Iterator[Mapping]:
    arn = _partitioned(":execute-api:*:*:*/@connections/*", cause)
    yield statement(("execute-api:ManageConnections",), (arn,), cause)


def _cloudfront(_event: Value, cause: Span | None) -> Iterator[Mapping]:
    yield statement(_EDGE_LOGS, (_partitioned(":logs:*:*:*", cause),), cause)


_EVENTS: dict[str, Callable[[Value, Span | None], Iterator[Mapping]]] = {
    "activemq": _broker,
    "cloudFront": _cloudfront,
    "kafka": _kafka,
    "msk": _msk,
    "rabbitmq": _broker,
    "sqs": _sqs,
    "stream": _stream,
    "websocket": _websocket,
}
