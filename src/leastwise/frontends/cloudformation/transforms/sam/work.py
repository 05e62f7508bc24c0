"""What the expansion of one template carries along, and how a resource is added to it."""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from typing import NamedTuple

from leastwise.frontends.cloudformation.syntax.removal import Chain
from leastwise.frontends.cloudformation.syntax.template import Declaration, Template
from leastwise.frontends.cloudformation.transforms.sam.making import (
    Plain,
    made_mapping,
    referred,
)
from leastwise.iam.project import NotInView
from leastwise.source.diagnostic import Diagnostic, Severity
from leastwise.source.span import Span
from leastwise.source.text import literal_text, span_of
from leastwise.source.value import Mapping, Scalar, Sequence, Text, Value


@dataclass(slots=True, eq=False, repr=False)
class ApiPaths:
    """Collect of one API the methods of each path, and the statements of its resource policy.

    ``defaults`` are the functions that serve the default route.
    ``open``: the definition is not in the template, so that there may be more paths.
    """

    methods: dict[str, list[str]] = field(default_factory=dict)
    statements: dict[Value, None] = field(default_factory=dict)
    defaults: set[str] = field(default_factory=set)
    conditions: list[str | None] = field(default_factory=list)
    managed: bool = False
    open: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Work:
    """Collect what the SAM resources of a template become.

    ``values`` are the parameters that do not have their defaults, ``asked`` those whose value made
    a difference. ``references`` say what names such as ``Foo.Alias`` stand for, ``apis`` what the
    events of functions add to APIs.
    """

    template: Template
    values: MappingOf[str, str] = field(default_factory=dict)
    shared: dict[str, Mapping] = field(default_factory=dict)
    resources: dict[str, Declaration] = field(default_factory=dict)
    conditions: dict[str, Value] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    apis: dict[str, ApiPaths] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    not_in_view: list[NotInView] = field(default_factory=list)


class Macro(NamedTuple):
    """Name one SAM resource that is being expanded, with Globals merged into its properties."""

    work: Work
    declared: Declaration
    properties: Mapping

    @property
    def id(self) -> str:
        """Return the logical id."""
        return self.declared.logical_id

    def get(self, name: str) -> Value | None:
        """Return a property, None when it is missing or null."""
        return member(self.properties, name)

    def mapping(self, name: str) -> Mapping:
        """Return a property that is a mapping; one that is missing or of another type is empty."""
        found = self.get(name)
        return found if isinstance(found, Mapping) else Mapping(())

    def place(self, name: str) -> Span:
        """Return where a property is written: its key; the logical id when it is not there."""
        return place_in(self.properties, name) or self.span

    @property
    def span(self) -> Span:
        """Return where the logical id is written."""
        return self.declared.span or Span(self.work.template.path, 0, 0)


def member(mapping: Value | None, name: str) -> Value | None:
    """Return an entry of a mapping, None when it is missing or null or there is no mapping."""
    found = mapping.get(name) if isinstance(mapping, Mapping) else None
    return None if isinstance(found, Scalar) and found.value is None else found


def place_in(mapping: Mapping, name: str) -> Span | None:
    """Return where a key is written."""
    return next((span_of(key) for key, _ in mapping.entries if key.literal == name), None)


def items_of(value: Value | None) -> tuple[Value, ...]:
    """Return the items of a list, or a single value as one."""
    if value is None:
        return ()
    return value.items if isinstance(value, Sequence) else (value,)


def add(  # noqa: PLR0913 - what a resource has
    macro: Macro,
    logical_id: str,
    kind: str,
    properties: MappingOf[str, Plain],
    *,
    span: Span | None = None,
    condition: str | None = "",
    written: dict[str, Chain] | None = None,
) -> None:
    """Add a resource, under the condition of the SAM resource unless it has one of its own.

    A resource that the user declares under the same name stays: SAM refuses such a template.
    """
    place = span or macro.span
    own = logical_id == macro.id
    if not own and logical_id in macro.work.template.resources:
        problem(macro, place, f"SAM makes a resource {logical_id!r}, which the template declares")
        return
    condition = macro.declared.condition if condition == "" else condition
    made = made_mapping(properties, place)
    body = made_mapping({"Type": kind, "Condition": condition, "Properties": made}, place)
    key = macro.declared.key if own else literal_text(logical_id, span=place)
    macro.work.resources[logical_id] = Declaration(
        logical_id, kind, key, body, made, condition, written or {}
    )


def problem(
    macro: Macro, span: Span | None, message: str, remedy: str = "", severity: Severity = "error"
) -> None:
    """Report what SAM would refuse, or what is not known to it."""
    macro.work.diagnostics.append(
        Diagnostic(
            severity,
            "sam",
            span or macro.span,
            f"{macro.id}: {message}",
            remedy or "correct it; 'sam validate --lint' checks the template",
        )
    )


def literal(work: Work, value: Value | None) -> str | None:
    """Return a string that SAM knows when it expands the template: written, or a parameter's.

    SAM looks up parameters and, for a few properties, mappings; nothing else is known to it.
    """
    if isinstance(value, Text):
        return value.literal
    if isinstance(value, Scalar):
        return _spelled(value)
    name = referred(value)
    if name is not None and name in work.template.parameters:
        work.asked.add(name)
        given = work.values.get(name)
        return given if given is not None else literal(work, _default(work, name))
    return _in_map(work, value)


def _spelled(value: Scalar) -> str | None:
    if isinstance(value.value, bool):
        return "true" if value.value else "false"
    return None if value.value is None else str(value.value)


def _default(work: Work, name: str) -> Value | None:
    default = work.template.parameters[name].get("Default")
    return default if isinstance(default, (Text, Scalar)) else None


def _in_map(work: Work, value: Value | None) -> str | None:
    argument = value.get("Fn::FindInMap") if isinstance(value, Mapping) else None
    if not isinstance(argument, Sequence) or len(argument.items) != 3:
        return None
    keys = [literal(work, key) for key in argument.items]
    table, row, column = keys
    if table is None or row is None or column is None:
        return None
    found = member(member(work.template.mappings.get(table), row), column)
    return found.literal if isinstance(found, Text) else None


def is_true(work: Work, value: Value | None) -> bool:
    """Say whether a property is known to be true."""
    return (literal(work, value) or "").lower() == "true"
