"""Find the documents that ``data.aws_iam_policy_document`` builds and nobody uses.

A document is used when one of its statements stands in the policy of a resource or in another
document. That is told by the nodes themselves: a statement is rendered with the span of its
block around the very value nodes of its body, wherever it ends up. A document that is used in
one instance of a module and not in another counts by instance.
"""

from collections.abc import Iterator
from dataclasses import replace

from leastwise.frontends.terraform.attributes.attribute import blocks, given, items_of
from leastwise.frontends.terraform.documents.policy_document import document_text
from leastwise.frontends.terraform.model import Body, Evaluated, Instance
from leastwise.frontends.terraform.reading.reading import Reading, Site, policy_at
from leastwise.frontends.terraform.scope.uses import everything
from leastwise.iam.policy import PolicyKind
from leastwise.iam.project import Policy
from leastwise.source.span import Span
from leastwise.source.value import (
    Choice,
    Encoded,
    Mapping,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

BUILDER = "aws_iam_policy_document"

_Mark = tuple[Span | None, int | str]
_ELEMENTS = ("Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal")
_MERGED = (
    "source_json",
    "source_policy_documents",
    "override_json",
    "override_policy_documents",
)


def read_builders(reading: Reading, evaluated: Evaluated) -> None:
    """Read each document that nobody uses as a policy of its own."""
    builders = [i for i in evaluated.instances if i.type == BUILDER]
    if not builders:
        return
    used: set[_Mark] = set()
    for value in _consumed(reading):
        used.update(_marks(value))
    for instance in builders:
        for name in _MERGED:
            for item in items_of(given(instance.body, name))[0]:
                used.update(_marks(item))
    for instance in builders:
        document = document_text(instance.body, instance.scope, instance.address)
        marks = set(_marks(document))
        if marks and used.isdisjoint(marks):
            _read(reading, instance, document)


def _read(reading: Reading, instance: Instance, document: Text) -> None:
    body = instance.body._replace(
        attributes={"json": document}, attribute_spans={}, uses={"json": everything(instance.body)}
    )
    at = Site(instance, body, "json", "json")
    policy = policy_at(reading, at, _kind(instance.body), "builder")
    first = next(blocks(instance.body, "statement"), instance.body)
    reading.policies.append(replace(policy, span=first.span))


def _kind(body: Body) -> PolicyKind:
    """Tell a document's kind from its content: who is named, and whether for sts:AssumeRole."""
    found = list(blocks(body, "statement"))
    named = [s for s in found if any(k in ("principals", "not_principals") for k, _ in s.blocks)]
    if not named:
        return "identity"
    actions = [a for s in named for a in items_of(given(s, "actions"))[0]]
    literals = [a.literal or "" for a in actions if isinstance(a, Text)]
    trusts = all(name.lower().startswith(("sts:assumerole", "sts:tagsession")) for name in literals)
    return "trust" if literals and trusts else "resource"


def _consumed(reading: Reading) -> Iterator[Value]:
    """Yield the documents of everything that holds one."""
    for principal in reading.principals:
        held = [attachment.policy for attachment in principal.inline]
        for policy in [principal.trust, *held]:
            if policy is not None and policy.value is not None:
                yield policy.value
    for attachment in reading.attachments:
        if isinstance(attachment.policy, Policy) and attachment.policy.value is not None:
            yield attachment.policy.value
    for policy in reading.policies:
        if policy.value is not None:
            yield policy.value
    yield from reading.passed


def _identity(node: Value) -> int | str:
    """Tell a node from others: an unknown one, which is rendered as a string, by its symbol."""
    match node:
        case Unknown(symbol=symbol) | Text(pieces=(Symbol() as symbol,)):
            return symbol.id
        case _:
            return id(node)


def _written(element: Value) -> Iterator[Value]:
    """Yield the nodes of a body that an element was rendered from; lists may be sorted anew."""
    match element:
        case Sequence():
            yield from element.items
        case Mapping():
            for _, value in element.entries:
                yield from _written(value)
        case _:
            yield element


def _marks(value: Value) -> Iterator[_Mark]:
    """Yield what tells the statements inside a value from all others."""
    pending = [value]
    while pending:
        current = pending.pop()
        match current:
            case Text():
                pending += [p.value for p in current.pieces if isinstance(p, Encoded)]
            case Choice():
                pending += [inner for _, inner in current.alternatives]
            case Sequence():
                pending += current.items
            case Mapping():
                statement = current.get("Statement")
                if statement is not None:
                    pending.append(statement)
                inner = [v for name in _ELEMENTS if (v := current.get(name)) is not None]
                yield from ((current.span, _identity(node)) for v in inner for node in _written(v))
                if statement is None and not inner:
                    pending += [value for _, value in current.entries]
            case _:
                pass
