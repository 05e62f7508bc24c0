"""Read properties that hold lists: each item with its place, its worlds, and its way out."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from leastwise.frontends.cloudformation.evaluation.worlds import without_absent
from leastwise.frontends.cloudformation.reading.reading import Leaf, Site, leaves, pattern_in
from leastwise.frontends.cloudformation.scope.state import ABSENT
from leastwise.frontends.cloudformation.scope.uses import Uses, collected
from leastwise.frontends.cloudformation.syntax.removal import Cut, cut_at, cuts
from leastwise.iam.declarations import PolicyReference
from leastwise.iam.project import Removal
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span, lies_in
from leastwise.source.text import span_of
from leastwise.source.value import Mapping, Scalar, Sequence, Text, Value


class Item(NamedTuple):
    """Hold one item of a list with the edit that takes it away."""

    leaf: Leaf
    removal: Removal | None


def items(site: Site, name: str) -> Iterator[Item]:
    """Yield what a list property holds in all worlds; one string counts as a list of it."""
    properties = site.declared.properties
    raw = properties.get(name)
    if raw is None:
        return
    note_shape(site, name, raw)
    own = ((site.declared.body, "Properties"), (properties, name))
    found = cuts(site.reading.source, site.declared.written.get(name, own))
    if not isinstance(raw, Sequence):
        for leaf in leaves(site.value(name), name):
            # A call that gives a whole list is no item that could go.
            yield _item(leaf, tuple(c for c in found if c.node is not raw or _is_alone(raw)))
        return
    scope = site.reading.scope
    every: Uses = frozenset()
    for index, item in enumerate(raw.items):
        value, uses = collected(partial(scope.evaluate, item), scope)
        every |= uses
        site.uses[name] = uses
        if value is not ABSENT:
            inner = () if isinstance(value, Sequence) else _inside(item, found)
            for leaf in leaves(without_absent(value), f"{name}[{index}]"):
                yield _item(leaf, inner)
    site.uses[name] = every


def references(site: Site, name: str) -> tuple[PolicyReference, ...]:
    """Return the managed policies that a list of ARNs (or one ARN) names, each with its way out."""
    return tuple(reference(site, leaf, removal) for leaf, removal in items(site, name))


def reference(site: Site, leaf: Leaf, removal: Removal | None = None) -> PolicyReference:
    """Return the managed policy that a string names by its ARN."""
    arn = pattern_in(site, leaf.value, leaf.label)
    when = tuple(dict.fromkeys((*site.when, *leaf.when)))
    rests_on = site.rests_on(leaf.label)
    return PolicyReference(arn, span_of(leaf.value), site.address, removal, when, rests_on)


def note_shape(site: Site, name: str, raw: Value) -> None:
    """Warn about a string, number or object where CloudFormation expects a list."""
    is_call = isinstance(raw, Mapping) and _is_function(raw)
    if isinstance(raw, Text | Scalar | Mapping) and not is_call:
        place = span_of(raw) or site.declared.span or Span(site.reading.source.path, 0, 0)
        message = f"{name} of {site.address} is not a list"
        remedy = "write a list; it is read as a list of this one item"
        site.reading.diagnostics.append(
            Diagnostic("warning", "invalid-property", place, message, remedy)
        )


def _is_alone(raw: Value) -> bool:
    return isinstance(raw, Text) or (isinstance(raw, Mapping) and not _is_function(raw))


def _is_function(raw: Mapping) -> bool:
    name = (raw.entries[0][0].literal or "") if len(raw.entries) == 1 else ""
    return name == "Ref" or name.startswith("Fn::")


def _item(leaf: Leaf, found: tuple[Cut, ...]) -> Item:
    edit = cut_at(found, span_of(leaf.value))
    return Item(leaf, None if edit is None else Removal((edit,)))


def _inside(item: Value, found: tuple[Cut, ...]) -> tuple[Cut, ...]:
    """Return the cuts of one item of the list."""
    outer = span_of(item)
    return tuple(cut for cut in found if lies_in(span_of(cut.node), outer))
