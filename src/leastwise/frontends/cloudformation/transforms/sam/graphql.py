"""Expand AWS::Serverless::GraphQLApi: the roles of its log and its data sources.

Source: "AWS::Serverless::GraphQLApi", AWS SAM Developer Guide.
"""

from leastwise.frontends.cloudformation.transforms.sam.connectors import End, Link, connect
from leastwise.frontends.cloudformation.transforms.sam.making import (
    Plain,
    get_att,
    made,
    ref,
    sub,
)
from leastwise.frontends.cloudformation.transforms.sam.policies import aws_managed
from leastwise.frontends.cloudformation.transforms.sam.roles import Role, attach, declare, trust
from leastwise.frontends.cloudformation.transforms.sam.work import (
    Macro,
    add,
    items_of,
    member,
)
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.value import Mapping, Scalar, Text, Value

_SERVICE = "appsync.amazonaws.com"
_ANY_TABLE = "arn:${AWS::Partition}:dynamodb:${__Region__}:${AWS::AccountId}:table/${__TableName__}"


def expand_graphql_api(macro: Macro) -> None:
    """Add the API with its roles and what they grant."""
    add(macro, macro.id, "AWS::AppSync::GraphQLApi", {"Name": macro.get("Name") or macro.id})
    logging = macro.get("Logging")
    off = isinstance(logging, Scalar) and logging.value is False
    if not off and member(logging, "CloudWatchLogsRoleArn") is None:
        place = macro.place("Logging")
        role = Role(f"{macro.id}CloudWatchRole", trust(_SERVICE, place))
        attach(role, aws_managed("service-role/AWSAppSyncPushToCloudWatchLogs", place))
        declare(macro, role, span=place)
    _authorizers(macro)
    sources = macro.get("DataSources")
    for key, source in _entries(member(sources, "DynamoDb")):
        _table(macro, key, source)
    for key, source in _entries(member(sources, "Lambda")):
        _function(macro, key, source)


def _entries(value: Value | None) -> tuple[tuple[Text, Value], ...]:
    return value.entries if isinstance(value, Mapping) else ()


def _authorizers(macro: Macro) -> None:
    auth = macro.get("Auth")
    number = 0
    for provider in (auth, *items_of(member(auth, "Additional"))):
        function = member(member(provider, "LambdaAuthorizer"), "AuthorizerUri")
        if function is None:
            continue
        number += 1
        words: dict[str, Plain] = {
            "Arn": ref(macro.id),
            "ResourceId": get_att(macro.id, "ApiId"),
        }
        link = Link(
            f"{macro.id}ToLambdaAuthConnector{number}",
            End("AWS::AppSync::GraphQLApi", words),
            End("AWS::Lambda::Function", {"Arn": function}),
            ("Write",),
        )
        connect(macro, link)


def _table(macro: Macro, key: Text, source: Value) -> None:
    place = span_of(key) or macro.span
    arn: Plain = member(source, "TableArn")
    if arn is None:
        variables: dict[str, Plain] = {
            "__TableName__": member(source, "TableName"),
            "__Region__": member(source, "Region") or ref("AWS::Region"),
        }
        arn = made(sub(_ANY_TABLE, variables), place)
    permissions = tuple(
        text.literal or ""
        for text in items_of(member(source, "Permissions"))
        if isinstance(text, Text)
    )
    logical_id = f"{macro.id}{key.literal or ''}DynamoDBDataSource"
    end = End("AWS::DynamoDB::Table", {"Arn": arn})
    link = (f"{logical_id}ToTableConnector", end, permissions or ("Read", "Write"))
    _source(macro, logical_id, source, link, place)


def _function(macro: Macro, key: Text, source: Value) -> None:
    logical_id = f"{macro.id}{key.literal or ''}LambdaDataSource"
    end = End("AWS::Lambda::Function", {"Arn": member(source, "FunctionArn")})
    link = (f"{logical_id}ToLambdaConnector", end, ("Write",))
    _source(macro, logical_id, source, link, span_of(key) or macro.span)


def _source(
    macro: Macro,
    logical_id: str,
    source: Value,
    link: tuple[str, End, tuple[str, ...]],
    place: Span,
) -> None:
    """Add a data source, and unless it brings its own a role that may use what it reads."""
    given = member(source, "ServiceRoleArn")
    role = f"{logical_id}Role"
    add(
        macro,
        logical_id,
        "AWS::AppSync::DataSource",
        {"ApiId": get_att(macro.id, "ApiId"), "ServiceRoleArn": given or get_att(role, "Arn")},
        span=place,
    )
    if given is not None:
        return
    declare(macro, Role(role, trust(_SERVICE, place)), span=place)
    name, destination, permissions = link
    start = End("AWS::AppSync::DataSource", {"Arn": ref(logical_id)}, ref(role))
    connect(macro, Link(name, start, destination, permissions))
