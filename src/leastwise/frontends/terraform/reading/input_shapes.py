"""Recognise policies and ARNs of policies in what is passed into a module that is not in view.

What decides is how a value is built, at any depth: an object (or the JSON text of one) with a
``Statement`` is a policy document, objects with an effect or principals, actions and resources
are its statements as ``aws_iam_policy_document`` spells them, and a string is an ARN of a
policy when its parts say so.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from leastwise.frontends.terraform.attributes.attribute import text_of, worlds_of
from leastwise.frontends.terraform.model import Body
from leastwise.iam.links import arn_of
from leastwise.iam.lower import pattern_of
from leastwise.iam.worlds import When, is_bounded
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.value import Chars, Encoded, Mapping, Sequence, Text, Value

MAX_DEPTH = 8
MAX_VALUES = 20_000
"""Parts of one input that are looked at; what lies deeper or further on is not."""

_ACTIONS = ("actions", "not_actions")
_OBJECTS = ("resources", "not_resources", "principals", "not_principals")
_LISTED = {"principals": "principals", "not_principals": "not_principals"}
_CONDITIONS = ("condition", "conditions")


class Found(NamedTuple):
    """Hold one value and where in the input it is (``policies["a"][0]``)."""

    shape: Literal["document", "statement", "arn"]
    value: Value
    path: str
    when: When = ()


def shapes(value: Value, path: str) -> Iterator[Found]:
    """Yield the documents, statements and ARNs of policies inside an input."""
    if not is_bounded(value):
        return
    pending: list[tuple[Value, str, When, int]] = [(value, path, (), 0)]
    seen = 0
    while pending and seen < MAX_VALUES:
        current, where, assumed, depth = pending.pop()
        for when, one in worlds_of(current):
            seen += 1
            shape = _shape_of(one)
            if shape is not None:
                yield Found(shape, one, where, assumed + when)
            elif depth < MAX_DEPTH:
                inner = [(v, p, assumed + when, depth + 1) for v, p in _parts(one, where)]
                pending += reversed(inner)


def _shape_of(value: Value) -> Literal["document", "statement", "arn"] | None:
    if isinstance(value, Mapping):
        if _is_document(value):
            return "document"
        return "statement" if is_statement(value) else None
    if isinstance(value, Text):
        if is_policy_arn(value):
            return "arn"
        return "document" if _is_document(_decoded(value)) else None
    return None


def _decoded(text: Text) -> Value | None:
    """Return the value of JSON text; only what starts as an object is read."""
    first = text.pieces[0] if text.pieces else None
    if isinstance(first, Encoded):
        return first.value if len(text.pieces) == 1 else None
    if not isinstance(first, Chars) or not first.text.lstrip().startswith("{"):
        return None
    found = parse_json(text, path="")
    return None if isinstance(found, Diagnostic) else found


def _is_document(value: Value | None) -> bool:
    if value is None:
        return False
    if not isinstance(value, Mapping):
        cases = [case for _, case in worlds_of(value)]
        return len(cases) > 1 and any(isinstance(c, Mapping) and _is_document(c) for c in cases)
    statement = value.get("Statement")
    items = statement.items if isinstance(statement, Sequence) else (statement,)
    objects = [case for item in items if item is not None for _, case in worlds_of(item)]
    return any(isinstance(o, Mapping) and o.get("Effect") is not None for o in objects)


def is_statement(value: Value) -> bool:
    """Say whether an object has the parts of a ``statement`` block."""
    if not isinstance(value, Mapping):
        return False
    has_actions = any(value.get(name) is not None for name in _ACTIONS)
    return has_actions and any(value.get(name) is not None for name in _OBJECTS)


def is_policy_arn(text: Text) -> bool:
    """Say whether a string is the ARN of a managed policy of IAM, as far as it is known."""
    first = text.pieces[0] if text.pieces else None
    if not isinstance(first, Chars) or not first.text.startswith("arn:"):
        return False
    pattern = pattern_of(text)
    arn = arn_of(pattern)
    if arn is None or not arn.resource or not isinstance(arn.resource[0], str):
        return False
    service = str(pattern).split(":")[2:3]
    return service == ["iam"] and arn.resource[0].startswith("policy/")


def _parts(value: Value, path: str) -> Iterator[tuple[Value, str]]:
    if isinstance(value, Sequence):
        yield from ((item, f"{path}[{index}]") for index, item in enumerate(value.items))
    elif isinstance(value, Mapping):
        for key, item in value.entries:
            name = key.literal
            yield item, path if name is None else f'{path}["{name}"]'


def statement_body(value: Mapping, place: Span) -> Body:
    """Return an object with the parts of a statement as the block that it becomes."""
    blocks: list[tuple[str, Body]] = []
    for key, item in value.entries:
        name = key.literal or ""
        if name in _LISTED:
            blocks += [(name, _block(one, place)) for one in _objects(item)]
        elif name in _CONDITIONS:
            blocks += [("condition", _block(one, place)) for one in _objects(item)]
    inner = {name for name, _ in blocks}
    attributes = {
        key.literal: item
        for key, item in value.entries
        if key.literal is not None and key.literal not in inner
    }
    return Body(attributes, tuple(blocks), span_of(value) or place)


def _block(value: Mapping, place: Span) -> Body:
    attributes = {key.literal: item for key, item in value.entries if key.literal is not None}
    return Body(attributes, (), span_of(value) or place, maybe=value.tail is not None)


def _objects(value: Value) -> list[Mapping]:
    """Return the objects of a list or map, or the object that stands alone."""
    if isinstance(value, Sequence):
        return [item for item in value.items if isinstance(item, Mapping)]
    if not isinstance(value, Mapping):
        return []
    inner = [item for _, item in value.entries if isinstance(item, Mapping)]
    return inner or [value]


def strings_of(value: Value | None) -> tuple[Text, ...]:
    """Return the strings of an input that is one, or a list or map of them, in all worlds."""
    found: list[Text] = []
    pending = [] if value is None or not is_bounded(value) else [value]
    while pending:
        for _, one in worlds_of(pending.pop()):
            text = text_of(one)
            if text is not None:
                found.append(text)
            elif isinstance(one, Sequence | Mapping):
                pending += reversed([item for item, _ in _parts(one, "")])
    return tuple(found)
