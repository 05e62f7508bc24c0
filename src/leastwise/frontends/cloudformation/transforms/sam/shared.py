"""Merge the Globals section into the properties of a resource.

Source: "Globals section of the AWS SAM template", AWS SAM Developer Guide: mappings are merged,
lists joined with the global items first, and of other values that of the resource counts. A call
of an intrinsic function is such another value.
"""

from leastwise.frontends.cloudformation.syntax.template import Declaration, Template, section
from leastwise.frontends.cloudformation.transforms.sam.making import function_name
from leastwise.source.text import span_of
from leastwise.source.value import Mapping, Sequence, Text, Value

PREFIX = "AWS::Serverless::"

# What never comes from Globals, though it stands there: SAM refuses such a template.
_OWN = {"Function": frozenset({"Role", "Policies", "FunctionName", "Events"})}
_REPLACED = frozenset({"Architectures"})
_MAX_DEPTH = 50


def sections(template: Template) -> dict[str, Mapping]:
    """Return the properties that Globals gives to each type, by the type's last word."""
    return {
        name: Mapping(tuple(e for e in found.entries if e[0].literal not in _own(name)), found.span)
        for key, found in section(template.body, "Globals")
        if isinstance(found, Mapping) and (name := key.literal or "")
    }


def _own(name: str) -> frozenset[str]:
    return _OWN.get(name, frozenset())


def with_shared(declared: Declaration, shared: dict[str, Mapping]) -> Mapping:
    """Return the properties of a resource with those of Globals that it does not ignore."""
    common = shared.get(declared.type.removeprefix(PREFIX))
    if common is None:
        return declared.properties
    ignored = _ignored(declared)
    if "*" in ignored:
        return declared.properties
    kept = tuple(entry for entry in common.entries if entry[0].literal not in ignored)
    merged = _merged(Mapping(kept, common.span), declared.properties, 0)
    return merged if isinstance(merged, Mapping) else declared.properties


def _ignored(declared: Declaration) -> frozenset[str]:
    value = declared.body.get("IgnoreGlobals")
    items = value.items if isinstance(value, Sequence) else (value,)
    return frozenset((item.literal or "") for item in items if isinstance(item, Text))


def _merged(common: Value, own: Value, depth: int) -> Value:
    if isinstance(common, Sequence) and isinstance(own, Sequence):
        return Sequence((*common.items, *own.items), own.span)
    if not isinstance(common, Mapping) or not isinstance(own, Mapping):
        return own
    if function_name(common) or function_name(own) or depth >= _MAX_DEPTH:
        return own
    members: dict[str, tuple[Text, Value]] = {(k.literal or ""): (k, v) for k, v in common.entries}
    for key, value in own.entries:
        name = key.literal or ""
        before = members.get(name)
        if before is None or name in _REPLACED:
            members[name] = (key, value)
        else:
            members[name] = (key, _merged(before[1], value, depth + 1))
    return Mapping(tuple(members.values()), span_of(own))
