"""Follow the references of a plan's configuration where a value is not known before apply.

An expression is shown by what it refers to only. That it is nothing but its one reference is
taken for granted where an attribute names a thing (``role``, ``policy_arn``); a document is
followed only to what is a document.
"""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from typing import NamedTuple

from leastwise.frontends.terraform.attributes.computed import computed_attribute
from leastwise.frontends.terraform.documents.policy_document import document_text
from leastwise.frontends.terraform.model import Body
from leastwise.frontends.terraform.plan.addresses import (
    call_names,
    inside,
    leaves,
    module_of_address,
    name_of,
    parent_of,
    steps,
    target,
)
from leastwise.frontends.terraform.plan.bodies import Plan
from leastwise.frontends.terraform.plan.configuration import part
from leastwise.frontends.terraform.plan.model import Entry
from leastwise.frontends.terraform.reading.builders import BUILDER
from leastwise.frontends.terraform.scope.state import MAX_MODULE_DEPTH
from leastwise.source.text import literal_text
from leastwise.source.value import Sequence, Unknown, Value

_DOCUMENTS = frozenset(("json", "minified_json", "policy", "assume_role_policy", "content"))
_LISTS = frozenset(("managed_policy_arns", "policy_arns", "roles", "users", "groups"))
_KEYS = ("each.key", "each.value", "count.index")
_DOCUMENT_ENDINGS = ("policy", "json", "document", "documents", "content", "definition", "template")
_NO_DOCUMENTS = frozenset(("task_definition",))


class _Asked(NamedTuple):
    """Hold what is followed, and from where.

    ``module`` is the instance in which references stand, ``key`` what a reference to all
    instances of a resource stands for, ``attribute`` what is asked of one that names none.
    """

    module: str
    key: str
    attribute: str
    document: bool
    depth: int = 0


def followed(body: Body, entry: Entry, plan: Plan) -> Body:
    """Return a body in which unknown attributes are what their references lead to."""
    return _followed(body, plan.configuration.expressions(entry) or {}, entry, plan)


def _followed(body: Body, expressions: MappingOf[str, object], entry: Entry, plan: Plan) -> Body:
    attributes = dict(body.attributes)
    for name, value in body.attributes.items():
        expression = expressions.get(name)
        if isinstance(expression, dict):
            attributes[name] = _attribute(value, name, expression, entry, plan)
    blocks = tuple(_blocks(body, expressions, entry, plan))
    return body._replace(attributes=attributes, blocks=blocks)


def _blocks(
    body: Body, expressions: MappingOf[str, object], entry: Entry, plan: Plan
) -> Iterator[tuple[str, Body]]:
    """Yield the nested blocks; those of a ``dynamic`` block are as many as it made, or unknown."""
    total = Counter(name for name, _ in body.blocks)
    seen: Counter[str] = Counter()
    for name, block in body.blocks:
        written = expressions.get(name)
        listed = written if isinstance(written, list) else [written]
        index, seen[name] = seen[name], seen[name] + 1
        inside = listed[index] if len(listed) == total[name] else None
        if isinstance(inside, dict):
            yield name, _followed(block, inside, entry, plan)
        else:
            yield name, block


def _attribute(
    value: Value, name: str, expression: dict[str, object], entry: Entry, plan: Plan
) -> Value:
    asked = _Asked(
        entry.module,
        steps(entry.address)[-1][len(entry.name) :],
        "arn" if "arn" in name else "name",
        name.endswith(_DOCUMENT_ENDINGS) and name not in _NO_DOCUMENTS,
    )
    names = [n for n in leaves(expression.get("references")) if n not in _KEYS]
    if isinstance(value, Unknown):
        if name in _LISTS:
            items = [_reference(n, asked, plan) for n in names]
            known = tuple(item for item in items if item is not None)
            return Sequence(known, value.span, None if len(known) == len(items) else value.symbol)
        found = _reference(names[0], asked, plan) if len(names) == 1 else None
        return value if found is None else found
    if isinstance(value, Sequence) and name in _LISTS:
        holes = sum(isinstance(item, Unknown) for item in value.items)
        items = [_reference(n, asked, plan) for n in names]
        known = tuple(item for item in items if item is not None)
        if holes and holes == len(names) == len(known):
            kept = tuple(item for item in value.items if not isinstance(item, Unknown))
            return Sequence((*kept, *known), value.span, value.tail)
    return value


def _expression(expression: object, asked: _Asked, plan: Plan) -> Value | None:
    """Return what an expression is that passes one thing on."""
    if not isinstance(expression, dict) or asked.depth > MAX_MODULE_DEPTH:
        return None
    constant = expression.get("constant_value")
    if isinstance(constant, str):
        return literal_text(constant)
    names = [n for n in leaves(expression.get("references")) if n not in _KEYS]
    return _reference(names[0], asked, plan) if len(names) == 1 else None


def _reference(reference: str, asked: _Asked, plan: Plan) -> Value | None:
    asked = asked._replace(depth=asked.depth + 1)
    to = target(reference)
    kind, _, name = to.head.partition(".")
    if kind == "var":
        return None if to.rest or to.key else _variable(name, asked, plan)
    if kind == "module":
        module = inside(asked.module, to.head + to.key)
        called = plan.configuration.module(call_names(module))
        output = part(part(called, "outputs"), name_of(to.rest))
        there = asked._replace(module=module, key="")
        return _expression(output.get("expression"), there, plan) if to.rest else None
    if kind in ("local", "path", "terraform", "each", "count", "self"):
        return None
    return _resource(inside(asked.module, to.head), to.key or asked.key, to.rest, asked, plan)


def _variable(name: str, asked: _Asked, plan: Plan) -> Value | None:
    names = call_names(asked.module)
    configuration = plan.configuration
    if configuration.is_sensitive(names, name):
        return None
    if not names:
        value = part(configuration.variables, name).get("value")
        return literal_text(value) if isinstance(value, str) else None
    given = part(configuration.call(names), "expressions").get(name)
    if given is None:
        declared = part(part(configuration.module(names), "variables"), name)
        default = declared.get("default")
        return literal_text(default) if isinstance(default, str) else None
    key = steps(asked.module)[-1][len(names[-1]) :]
    return _expression(given, asked._replace(module=parent_of(asked.module), key=key), plan)


def _resource(address: str, key: str, attribute: str, asked: _Asked, plan: Plan) -> Value | None:
    entry = plan.entries.get(address + key) or plan.entries.get(address)
    if entry is None:
        return None
    attribute = attribute or ("json" if entry.type == BUILDER else asked.attribute)
    if "." in attribute or "[" in attribute:
        return None
    if asked.document and attribute not in _DOCUMENTS:
        return None
    scope = scope_of(entry, plan)
    body = plan.body(entry)
    if entry.type == BUILDER and attribute in ("json", "minified_json"):
        text = body.attributes.get("json")
        known = text is not None and not isinstance(text, Unknown)
        return text if known else document_text(body, scope, entry.address)
    value = body.attributes.get(attribute)
    if value is not None and not isinstance(value, Unknown):
        return value
    return computed_attribute(
        entry.type,
        body,
        attribute,
        scope=scope,
        address=entry.address,
        provider=plan.configuration.provider(entry),
        mode=entry.mode,
        known=plan.environment(entry),
    )


def scope_of(entry: Entry, plan: Plan) -> str:
    """Return the prefix of symbol ids in the module of an instance."""
    module = module_of_address(entry.address)
    return f"{plan.scope}|{module}" if module else plan.scope
