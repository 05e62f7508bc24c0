"""Sort the Policies of a SAM resource into what its role has: managed policies and documents.

Source: "Policies" of AWS::Serverless::Function, AWS SAM Developer Guide: one item or a list of
documents, policy templates, names of AWS managed policies, and ARNs (also by Ref, Sub, If).
"""

from typing import NamedTuple

from leastwise.frontends.cloudformation.syntax.removal import Chain
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
from leastwise.frontends.cloudformation.transforms.sam.work import Macro, items_of, problem
from leastwise.iam.managed import path_of_name
from leastwise.source.span import Span
from leastwise.source.text import concat, literal_text, span_of
from leastwise.source.value import Mapping, Symbol, Text, Unknown, Value

_ARN = "arn:${AWS::Partition}:iam::aws:policy/"


class Policies(NamedTuple):
    """Hold what Policies became: ARNs, inline policies, and where the properties are written."""

    managed: tuple[Value, ...]
    inline: tuple[Value, ...]
    written: dict[str, Chain]


class _Entry(NamedTuple):
    value: Value
    managed: bool


def aws_managed(path: str, span: Span | None) -> Value:
    """Return the ARN of an AWS managed policy by what follows ``policy/`` in it."""
    return made(sub(_ARN + path), span)


class _Owner(NamedTuple):
    """Name the resource whose policies are read, and its role."""

    macro: Macro
    role: str


def policies_of(macro: Macro, role: str) -> Policies:
    """Read the property Policies of a resource, for its role."""
    owner = _Owner(macro, role)
    managed: list[Value] = []
    inline: list[Value] = []
    for index, item in enumerate(items_of(macro.get("Policies"))):
        entry = _entry(owner, item, index)
        if entry is not None:
            (managed if entry.managed else inline).append(entry.value)
    chain = ((macro.declared.body, "Properties"), (macro.declared.properties, "Policies"))
    written: dict[str, Chain] = {"ManagedPolicyArns": chain, "Policies": chain}
    return Policies(tuple(managed), tuple(inline), written)


def _entry(owner: _Owner, item: Value, index: int) -> _Entry | None:
    """Read one item; None for one that is nothing, or that SAM refuses."""
    choice = branches(item)
    if choice is not None:
        return _either(owner, item, choice, index)
    if is_no_value(item):
        return None
    if isinstance(item, Text):
        return _Entry(_by_name(owner.macro, item), managed=True)
    if function_name(item):
        return _Entry(item, managed=True)
    document = _document(owner.macro, item, index)
    if document is None:
        return None
    policy: Plain = {"PolicyName": f"{owner.role}Policy{index}", "PolicyDocument": document}
    return _Entry(made(policy, span_of(item)), managed=False)


def _document(macro: Macro, item: Value, index: int) -> Value | None:
    if isinstance(item, Mapping):
        if item.get("Statement") is not None:
            return item
        if len(item.entries) == 1:
            return _from_template(macro, item, index)
    message = f"item {index + 1} of Policies is neither a document, nor a policy template or an ARN"
    problem(macro, span_of(item), message)
    return None


def _either(
    owner: _Owner, item: Value, choice: tuple[Value, Value, Value], index: int
) -> _Entry | None:
    """Read both branches of an If; SAM refuses one with policies of two kinds."""
    condition, *both = choice
    entries = [_entry(owner, branch, index) for branch in both]
    known = [entry for entry in entries if entry is not None]
    if len({entry.managed for entry in known}) > 1:
        problem(owner.macro, span_of(item), "Fn::If chooses between two kinds of policies")
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


def _from_template(macro: Macro, item: Mapping, index: int) -> Value | None:
    key, given = item.entries[0]
    name = key.literal or ""
    template = policy_template(name)
    if template is None:
        _report_unknown(macro, key, name)
        reference = f"{macro.id}.Policies[{index}]"
        symbol = Symbol(f"{macro.work.template.path}|{reference}", name)
        reason = "a policy template that is not known"
        return Unknown(symbol, reason, span_of(key))
    if not isinstance(given, Mapping) or (function_name(given) and template.parameters):
        problem(macro, span_of(key), f"{name} needs a mapping, {{}} when it has no parameters")
        return None
    missing = [parameter for parameter in template.parameters if given.get(parameter) is None]
    if missing:
        message = f"{name} is not given {' and '.join(map(repr, missing))}"
        problem(macro, span_of(key), message, f"write {missing[0]}: and its value below {name}")
        return None
    _report_extra(macro, template, given, name)
    return filled(template, given, span_of(key))


def _report_unknown(macro: Macro, key: Text, name: str) -> None:
    from difflib import get_close_matches

    near = get_close_matches(name, names(), n=1)
    remedy = f"did you mean {near[0]!r}?" if near else "correct the name, or write the statements"
    problem(macro, span_of(key), f"SAM has no policy template {name!r}", remedy, "warning")


def _report_extra(macro: Macro, template: PolicyTemplate, given: Mapping, name: str) -> None:
    for key, _ in given.entries:
        if key.literal not in template.parameters:
            takes = " and ".join(template.parameters) or "no parameters"
            message = f"{name} has no parameter {key.literal!r}, SAM passes over it"
            problem(macro, span_of(key), message, f"remove it: {name} takes {takes}", "warning")
