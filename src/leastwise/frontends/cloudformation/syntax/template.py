"""The sections of a template as the evaluator looks them up, before anything is evaluated."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from leastwise.frontends.cloudformation.syntax.removal import Chain
from leastwise.source.span import Span
from leastwise.source.value import Mapping, Sequence, Text, Unknown, Value

SAM = "AWS::Serverless-2016-10-31"
"""The name of SAM in the Transform section."""
INCLUDE = "AWS::Include"
"""The name of the transform that puts another file in its place."""
LOOP = "Fn::ForEach::"
"""How the keys begin that AWS::LanguageExtensions unrolls."""

PSEUDO_PARAMETERS = frozenset(
    {
        "AWS::AccountId",
        "AWS::NotificationARNs",
        "AWS::NoValue",
        "AWS::Partition",
        "AWS::Region",
        "AWS::StackId",
        "AWS::StackName",
        "AWS::URLSuffix",
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Declaration:
    """Hold one resource of a template as it is written, or as a transform made it.

    ``body`` is the whole resource, ``properties`` its Properties (empty when there are none),
    ``condition`` the name of the condition that creates it. ``written`` says of properties
    of a made resource where their items are written: the chain that leads there, as in ``removal``.
    """

    logical_id: str
    type: str
    key: Text
    body: Mapping
    properties: Mapping
    condition: str | None
    written: dict[str, Chain] = field(default_factory=dict)

    @property
    def span(self) -> Span | None:
        """Return where the logical id is written."""
        return self.key.span


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """Hold a template; ``macros`` are the names in its Transform section, in order."""

    path: str
    body: Mapping
    parameters: dict[str, Mapping] = field(default_factory=dict)
    mappings: dict[str, Mapping] = field(default_factory=dict)
    conditions: dict[str, Value] = field(default_factory=dict)
    resources: dict[str, Declaration] = field(default_factory=dict)
    outputs: dict[str, Mapping] = field(default_factory=dict)
    macros: tuple[str, ...] = ()


def is_template(value: Value | None) -> bool:
    """Say whether a top level is that of a template: Resources, and a version or types."""
    if not isinstance(value, Mapping):
        return False
    resources = value.get("Resources")
    if not isinstance(resources, Mapping):
        return False
    if value.get("AWSTemplateFormatVersion") is not None or value.get("Transform") is not None:
        return True
    if not resources.entries and isinstance(value.get("Parameters"), Mapping):
        return True
    return any(
        isinstance(body, Mapping) and isinstance(body.get("Type"), Text)
        for _, body in resources.entries
    )


def template_of(path: str, body: Mapping) -> Template:
    """Sort a template's top level into its sections."""
    resources: dict[str, Declaration] = {}
    for key, resource in section(body, "Resources"):
        name = key.literal or ""
        if isinstance(resource, Mapping):
            resources[name] = _declaration(name, key, resource)
    return Template(
        path=path,
        body=body,
        parameters=_mappings(body, "Parameters"),
        mappings=_mappings(body, "Mappings"),
        conditions={key.literal or "": value for key, value in section(body, "Conditions")},
        resources=resources,
        outputs=_mappings(body, "Outputs"),
        macros=tuple(macro_names(body.get("Transform"))),
    )


def section(body: Mapping, name: str) -> tuple[tuple[Text, Value], ...]:
    """Return the entries of a section, none when it is missing or of another shape."""
    found = body.get(name)
    return found.entries if isinstance(found, Mapping) else ()


def _mappings(body: Mapping, name: str) -> dict[str, Mapping]:
    return {
        key.literal or "": value for key, value in section(body, name) if isinstance(value, Mapping)
    }


def _declaration(name: str, key: Text, body: Mapping) -> Declaration:
    kind, properties = body.get("Type"), body.get("Properties")
    condition = body.get("Condition")
    return Declaration(
        logical_id=name,
        type=(kind.literal or "") if isinstance(kind, Text) else "",
        key=key,
        body=body,
        properties=_properties(properties),
        condition=condition.literal if isinstance(condition, Text) else None,
    )


def _properties(value: Value | None) -> Mapping:
    """Return the properties as written; of those that can't be read any may be there."""
    match value:
        case Mapping():
            return value
        case Unknown():
            return Mapping((), value.span, value.symbol)
        case _:
            return Mapping(())


def macro_names(transform: Value | None) -> Iterator[str]:
    """Yield the names in a Transform section or an ``Fn::Transform``; one that is no text is ""."""
    match transform:
        case Text():
            yield transform.literal or ""
        case Sequence():
            for item in transform.items:
                yield from macro_names(item) if not isinstance(item, Sequence) else ()
        case Mapping():
            name = transform.get("Name")
            yield (name.literal or "") if isinstance(name, Text) else ""
        case _:
            return
