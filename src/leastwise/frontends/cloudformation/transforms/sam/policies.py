"""Sort the Policies of a SAM resource into what its role has: managed policies and documents.

Source: "Policies" of AWS::Serverless::Function, AWS SAM Developer Guide: one item or a list of
documents, policy templates, names of AWS managed policies, and ARNs (also by Ref, Sub, If).
"""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from leastwise.frontends.cloudformation.syntax.template import Moved
from leastwise.frontends.cloudformation.transforms.sam.making import (
    Plain,
    branches,
    function_name,
    is_no_value,
    made,
    sub,
)
from leastwise.frontends.cloudformation.transforms.sam.policy_templates import (
    PolicyTemplate,
    filled,
    names,
    policy_template,
)
from leastwise.frontends.cloudformation.transforms.sam.work import Macro, problem
from leastwise.iam.managed import path_of_name
from leastwise.source.span import Span
from leastwise.source.text import concat, literal_text, span_of
from leastwise.source.value import Mapping, Sequence, Symbol, Text, Unknown, Value

_ARN = "arn:${AWS::Partition}:iam::aws:policy/"


class Policies(NamedTuple):
    """Hold what Policies became: ARNs, inline policies, and where the ARNs are written."""

    managed: tuple[Value, ...]
    inline: tuple[Value, ...]
    moved: tuple[Moved, ...]


class _Entry(NamedTuple):
    value: Value
    managed: bool


def aws_managed(path: str, span: Span | None) -> Value:
    """Return the ARN of an AWS managed policy by what follows ``policy/`` in it."""
    return made(sub(_ARN + path), span)


def policies_of(macro: Macro, role: str, extra: tuple[Value, ...] = ()) -> Policies:
    """Read the property Policies for the role of a resource; ``extra`` are more of its items."""
    managed: list[Value] = []
    inline: list[Value] = []
    moved: list[Moved] = []
    for index, (item, place) in enumerate(_items(macro, extra)):
        entry = _entry(macro, item, index)
        if entry is None:
            continue
        if entry.managed:
            managed.append(entry.value)
            if place is not None:
                moved.append(place._replace(item=entry.value))
        else:
            inline.append(_named(entry.value, f"{role}Policy{index}"))
    return Policies(tuple(managed), tuple(inline), tuple(moved))


def _items(macro: Macro, extra: tuple[Value, ...]) -> Iterator[tuple[Value, Moved | None]]:
    written = macro.declared.properties.get("Policies")
    chain = ((macro.declared.body, "Properties"), (macro.declared.properties, "Policies"))
    if isinstance(written, Sequence):
        for index, item in enumerate(written.items):
            yield item, Moved(item, chain, written, index)
    elif written is not None and macro.get("Policies") is not None:
        yield written, Moved(written, chain)
    for item in extra:
        yield item, None


def _entry(macro: Macro, item: Value, index: int) -> _Entry | None:
    """Read one item; None for one that is nothing, or that SAM refuses."""
    choice = branches(item)
    if choice is not None:
        return _either(macro, item, choice, index)
    if is_no_value(item):
        return None
    if isinstance(item, Text):
        return _Entry(_by_name(macro, item), managed=True)
    if function_name(item):
        return _Entry(item, managed=True)
    if isinstance(item, Mapping):
        if item.get("Statement") is not None:
            return _Entry(item, managed=False)
        if len(item.entries) == 1:
            return _from_template(macro, item, index)
    message = f"item {index + 1} of Policies is neither a document, nor a policy template or an ARN"
    problem(macro, span_of(item), message)
    return None


def _either(
    macro: Macro, item: Value, choice: tuple[Value, Value, Value], index: int
) -> _Entry | None:
    """Read both branches of an If; SAM refuses one with policies of two kinds."""
    condition, *both = choice
    entries = [_entry(macro, branch, index) for branch in both]
    known = [entry for entry in entries if entry is not None]
    if len({entry.managed for entry in known}) > 1:
        problem(macro, span_of(item), "Fn::If chooses between two kinds of policies")
        return None
    if not known:
        return None
    values = [
        branch if entry is None else entry.value
        for branch, entry in zip(both, entries, strict=True)
    ]
    value = made({"Fn::If": [condition, *values]}, span_of(item))
    return _Entry(value, known[0].managed)


def _by_name(macro: Macro, text: Text) -> Value:
    """Return the ARN of a managed policy that is given by its name, or the ARN as written.

    A name that the snapshot does not have may be that of a newer policy.
    """
    name = text.literal
    if name is None or name.startswith(("arn:", "{{resolve:")):
        return text
    path = path_of_name(name)
    if path is None:
        message = f"{name!r} is not the name of an AWS managed policy of the bundled snapshot"
        problem(macro, span_of(text), message, "correct the name, or write an ARN", "warning")
        path = name
    start = literal_text(_ARN + path.removesuffix(name))
    return made(sub(concat([start, text], text.span)), span_of(text))


def _from_template(macro: Macro, item: Mapping, index: int) -> _Entry | None:
    key, given = item.entries[0]
    name = key.literal or ""
    template = policy_template(name)
    if template is None:
        _report_unknown(macro, key, name)
        reference = f"{macro.id}.Policies[{index}]"
        symbol = Symbol(f"{macro.work.template.path}|{reference}", name)
        reason = "a policy template that is not known"
        return _Entry(Unknown(symbol, reason, span_of(key)), managed=False)
    if not isinstance(given, Mapping) or (function_name(given) and template.parameters):
        problem(macro, span_of(key), f"{name} needs a mapping, {{}} when it has no parameters")
        return None
    missing = [parameter for parameter in template.parameters if given.get(parameter) is None]
    if missing:
        message = f"{name} is not given {' and '.join(map(repr, missing))}"
        problem(macro, span_of(key), message, f"write {missing[0]}: and its value below {name}")
        return None
    _report_extra(macro, template, given, name)
    return _Entry(filled(template, given, span_of(key)), managed=False)


def _report_unknown(macro: Macro, key: Text, name: str) -> None:
    near = get_close_matches(name, names(), n=1)
    remedy = f"did you mean {near[0]!r}?" if near else "correct the name, or write the statements"
    problem(macro, span_of(key), f"SAM has no policy template {name!r}", remedy, "warning")


def _report_extra(macro: Macro, template: PolicyTemplate, given: Mapping, name: str) -> None:
    for key, _ in given.entries:
        if key.literal not in template.parameters:
            takes = " and ".join(template.parameters) or "no parameters"
            message = f"{name} has no parameter {key.literal!r}, SAM passes over it"
            problem(macro, span_of(key), message, f"remove it: {name} takes {takes}", "warning")


def _named(document: Value, name: str) -> Value:
    """Return an inline policy; in an If each branch that is a document gets the name."""
    choice = branches(document)
    if choice is None:
        found: Plain = {"PolicyName": name, "PolicyDocument": document}
        return made(found, span_of(document))
    condition, *both = choice
    named = [branch if is_no_value(branch) else _named(branch, name) for branch in both]
    return made({"Fn::If": [condition, *named]}, span_of(document))
