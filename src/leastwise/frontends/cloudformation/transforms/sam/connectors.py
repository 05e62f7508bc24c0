"""Expand AWS::Serverless::Connector: who may call whom, by the profiles that SAM publishes.

Source: "AWS::Serverless::Connector" and "SAM connector reference", AWS SAM Developer Guide; the
profiles are those of the published translator (data/README.md).
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from leastwise.frontends.cloudformation.syntax.template import Declaration
from leastwise.frontends.cloudformation.transforms.sam.making import (
    Plain,
    made,
    owner_of,
    ref,
    sub,
)
from leastwise.frontends.cloudformation.transforms.sam.work import (
    Macro,
    Work,
    add,
    items_of,
    literal,
    member,
    problem,
)
from leastwise.source.value import Mapping, Sequence, Text, Value

MAX_DESTINATIONS = 500
"""No stack has more resources, and each destination makes one at least."""
_TYPES = {
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
}


class End(NamedTuple):
    """Name one end of a connector: its type, and what is known of it by the profile's words."""

    type: str
    words: dict[str, Plain]
    role: Plain = None
    url: Plain = None


class Link(NamedTuple):
    """Name one connection to be made, and how the names of its resources end."""

    logical_id: str
    source: End
    destination: End
    permissions: tuple[str, ...]
    suffix: str = ""


def embedded(work: Work) -> Iterator[Declaration]:
    """Yield the connectors that are written in the resources from which they lead."""
    for declared in work.template.resources.values():
        connectors = declared.body.get("Connectors")
        entries = connectors.entries if isinstance(connectors, Mapping) else ()
        for key, body in entries:
            properties = member(body, "Properties")
            if not isinstance(properties, Mapping) or not isinstance(body, Mapping):
                continue
            reference = member(properties, "SourceReference")
            more = reference.entries if isinstance(reference, Mapping) else ()
            own = made({"Id": declared.logical_id}, key.span)
            start = own.entries if isinstance(own, Mapping) else ()
            source = Mapping((*start, *more), key.span)
            entry = (made("Source", key.span), source)
            yield Declaration(
                declared.logical_id + (key.literal or ""),
                "AWS::Serverless::Connector",
                key,
                body,
                Mapping((*properties.entries, _entry(*entry)), properties.span),
                _condition(body),
            )


def _condition(body: Mapping) -> str | None:
    name = body.get("Condition")
    return name.literal if isinstance(name, Text) else None


def _entry(key: Value, value: Value) -> tuple[Text, Value]:
    return (key if isinstance(key, Text) else Text(()), value)


def expand_connector(macro: Macro) -> None:
    """Add what a connector grants; it comes last, so that it sees what the others became."""
    given = macro.get("Destination")
    several = isinstance(given, Sequence)
    source = macro.get("Source")
    permissions = tuple(
        text.literal or "" for text in items_of(macro.get("Permissions")) if isinstance(text, Text)
    )
    for index, destination in enumerate(items_of(given)):
        if index == MAX_DESTINATIONS:
            message = f"only the first {MAX_DESTINATIONS} destinations of the connector are read"
            problem(macro, macro.span, message, "CloudFormation takes no more than 500 resources")
            return
        start = _end(macro, source, destination)
        end = _end(macro, destination, source)
        if start is None or end is None:
            continue
        suffix = f"Destination{index}" if several else ""
        connect(macro, Link(macro.id, start, end, permissions, suffix))


def connect(macro: Macro, link: Link) -> None:
    """Add the policy or the permissions of one connection."""
    place = macro.place("Permissions")
    profile = _data()["profiles"].get(link.source.type, {}).get(link.destination.type)
    between = f"from {link.source.type} to {link.destination.type}"
    if profile is None:
        problem(macro, macro.span, f"SAM has no connector {between}", severity="warning")
        return
    categories = profile["AccessCategories"]
    unknown = [name for name in link.permissions if name not in categories]
    if unknown or not link.permissions:
        takes = " and ".join(categories)
        message = (
            f"a connector {between} has no permission {unknown[0]!r}"
            if unknown
            else ("Permissions is empty")
        )
        problem(macro, place, message, f"it takes {takes}")
        return
    words = {f"Source.{k}": v for k, v in link.source.words.items()}
    words |= {f"Destination.{k}": v for k, v in link.destination.words.items()}
    chosen = {k: _filled(v, words) for k, v in categories.items() if k in link.permissions}
    holder = link.source if profile["SourcePolicy"] else link.destination
    if profile["kind"] == "AWS_LAMBDA_PERMISSION":
        _permissions(macro, link, holder, chosen)
    else:
        _policy(macro, link, holder, profile["kind"], chosen)


def _policy(macro: Macro, link: Link, holder: End, kind: str, chosen: dict[str, Any]) -> None:
    statements = [s for category in chosen.values() for s in category["Statement"]]
    place = macro.place("Permissions")
    document = made({"Version": "2012-10-17", "Statement": statements}, place)
    name, type_, key, held = {
        "AWS_IAM_ROLE_MANAGED_POLICY": ("Policy", "AWS::IAM::ManagedPolicy", "Roles", holder.role),
        "AWS_SQS_QUEUE_POLICY": ("QueuePolicy", "AWS::SQS::QueuePolicy", "Queues", holder.url),
        "AWS_SNS_TOPIC_POLICY": (
            "TopicPolicy", "AWS::SNS::TopicPolicy", "Topics", holder.words.get("Arn"),
        ),
    }[kind]  # fmt: skip
    if held is None:
        message = f"the {key.lower()} that the connector writes to can't be told from {holder.type}"
        problem(macro, place, message, f"name it in the reference ({_NAMED[key]})", "warning")
        return
    properties: dict[str, Plain] = {"PolicyDocument": document, key: [held]}
    add(macro, f"{link.logical_id}{name}{link.suffix}", type_, properties, span=place)


_NAMED = {"Roles": "RoleName", "Queues": "QueueUrl", "Topics": "Arn"}


def _permissions(macro: Macro, link: Link, holder: End, chosen: dict[str, Any]) -> None:
    for name, category in chosen.items():
        called: dict[str, Plain] = {**category, "FunctionName": holder.words.get("Arn")}
        logical_id = f"{link.logical_id}{name}LambdaPermission{link.suffix}"
        place = macro.place("Permissions")
        add(macro, logical_id, "AWS::Lambda::Permission", called, span=place)


def _end(macro: Macro, given: Value | None, other: Value | None) -> End | None:
    """Read one end of a connector: a resource of this template by its id, or ARNs and names."""
    logical_id = literal(macro.work, member(given, "Id"))
    if logical_id is not None:
        return _resource(macro, logical_id, given, other)
    kind = literal(macro.work, member(given, "Type"))
    if kind is None:
        problem(macro, macro.span, "an end of the connector has neither Id nor Type")
        return None
    names = ("Arn", "ResourceId", "Name", "Qualifier")
    words: dict[str, Plain] = {name: member(given, name) for name in names}
    return End(_TYPES.get(kind, kind), words, member(given, "RoleName"), member(given, "QueueUrl"))


def _resource(
    macro: Macro, logical_id: str, given: Value | None, other: Value | None
) -> End | None:
    declared = macro.work.resources.get(logical_id)
    if declared is None:
        problem(macro, macro.span, f"the template declares no resource {logical_id!r}")
        return None
    known = _data()["resources"].get(declared.type, {})
    outputs = _filled(known.get("Outputs", {}), {"logicalId": logical_id})
    words: dict[str, Plain] = {
        "Arn": outputs.get("Arn"),
        "ResourceId": outputs.get("Id"),
        "Name": outputs.get("Name"),
        "Qualifier": member(given, "Qualifier") or outputs.get("Qualifier"),
    }
    named = known.get("Inputs", {}).get("Role")
    role = member(declared.properties, named) if isinstance(named, str) else None
    if isinstance(named, dict):
        role = _rule_role(declared, literal(macro.work, member(other, "Id")), member(other, "Arn"))
    owner = owner_of(role)
    return End(declared.type, words, None if owner is None else ref(owner), outputs.get("Url"))


def _rule_role(rule: Declaration, called: str | None, arn: Value | None) -> Value | None:
    """Return the role with which an EventBridge rule calls a target."""
    for target in items_of(member(rule.properties, "Targets")):
        found = member(target, "Arn")
        if (called is not None and owner_of(found) == called) or (arn is not None and found == arn):
            return member(target, "RoleArn")
    return None


def _filled(data: Any, words: dict[str, Plain]) -> Any:
    """Put what is known of both ends in the place of ``%{Source.Arn}`` and its kind."""
    if isinstance(data, dict):
        return {key: _filled(value, words) for key, value in data.items()}
    if isinstance(data, list):
        return [_filled(value, words) for value in data]
    return _filled_text(data, words) if isinstance(data, str) else data


def _filled_text(text: str, words: dict[str, Plain]) -> Plain:
    variables: dict[str, Plain] = {}
    for word, value in words.items():
        pattern = "%{" + word + "}"
        if text == pattern:
            return value
        if pattern in text:
            name = word.replace(".", "")
            text = text.replace(pattern, "${" + name + "}")
            variables[name] = value
    return sub(text, variables) if "${" in text else text


@cache
def _data() -> dict[str, Any]:
    import json
    from importlib.resources import files

    text = (files("leastwise") / "data" / "sam_connectors.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return data
