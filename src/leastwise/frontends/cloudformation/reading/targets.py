"""Spell the ARNs of what policies are on: a resource itself, or what its properties name.

In a template ``{partition}``, ``{region}`` and ``{account}`` are those of the stack, ``{@Arn}`` is
an attribute of the resource and ``{@Ref}`` what Ref gives, ``{?word:GLOB}`` a part that AWS
invents, matching ``GLOB``. ``{Name}`` is a property, the nearest around the policy; one that is
an ARN itself is the answer, and a list gives an answer for each item. ``{Name:last}`` is what
follows the last slash of a URL; ``{Name!a}`` is as likely an ARN as a name while it is not known
at all, and then the answer itself. After ``|`` stands what to try when a property is not given.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

from leastwise.frontends.cloudformation.evaluation.lookups import attribute, ref
from leastwise.frontends.cloudformation.evaluation.resource_names import Subject, resource_arn
from leastwise.frontends.cloudformation.reading.reading import (
    Leaf,
    Site,
    leaves,
    member,
)
from leastwise.frontends.cloudformation.scope.environment import Part
from leastwise.frontends.cloudformation.scope.state import as_text
from leastwise.iam.lower import pattern_of
from leastwise.iam.policy import Pattern
from leastwise.iam.worlds import When
from leastwise.source.text import after_last_slash, concat, literal_text
from leastwise.source.value import Chars, Mapping, Symbol, Text, Value

_ENVIRONMENT: dict[str, Part] = {
    "partition": "partition",
    "region": "region",
    "account": "account",
}
_ARN = "arn:"


def arn_of(site: Site) -> Pattern | None:
    """Return the ARN of a resource, where its type is known to have one."""
    found = resource_arn(Subject(site.declared, site.reading.scope))
    return None if found is None else pattern_of(found)


def targets(
    site: Site, template: str, around: tuple[Mapping, ...] = ()
) -> Iterator[tuple[Pattern | None, When]]:
    """Yield the ARNs that a template gives, with what is assumed where each is the answer.

    ``around`` are the mappings around the policy, the innermost first. None: not an ARN.
    """
    if not template:
        yield None, ()
        return
    alternatives = template.split("|")
    for spelled in alternatives:
        listed = _listed(site, spelled, around)
        if listed is None:
            if spelled is alternatives[-1]:
                yield _pattern(site, spelled, lambda name: _given(site, name, around)), ()
                return
            continue
        name, found = listed
        for leaf in found:
            yield _pattern(site, spelled, _with(site, name, leaf, around)), leaf.when
        return


@lru_cache(maxsize=256)
def _parts(spelled: str) -> tuple[tuple[str, str | None, str | None, str | None], ...]:
    """Split a template into what stands before a field, the field, its part and its alternative."""
    from string import Formatter  # compiles patterns of no use here

    return tuple(Formatter().parse(spelled))


def _listed(
    site: Site, spelled: str, around: tuple[Mapping, ...]
) -> tuple[str, tuple[Leaf, ...]] | None:
    """Return the first property of a template with what it holds; None: it has none, or null."""
    for _, field, _, _ in _parts(spelled):
        if field and field[0] not in "@?" and field not in _ENVIRONMENT:
            value = _given(site, field, around)
            return None if value is None else (field, tuple(leaves(value, field)))
    return None


def _with(
    site: Site, name: str, leaf: Leaf, around: tuple[Mapping, ...]
) -> Callable[[str], Value | None]:
    return lambda field: leaf.value if field == name else _given(site, field, around)


def _given(site: Site, name: str, around: tuple[Mapping, ...]) -> Value | None:
    for mapping in around:
        found = member(mapping, name)
        if found is not None:
            return found
    return site.value(name)


def _pattern(site: Site, spelled: str, given: Callable[[str], Value | None]) -> Pattern | None:
    texts: list[Text] = []
    for chars, field, part, either in _parts(spelled):
        texts.append(literal_text(chars))
        if not field:
            continue
        own = _own(site, field, part or "")
        if own is not None:
            texts.append(own)
            continue
        value = given(field)
        text = (None if value is None else as_text(value)) or Text((site.symbol(field),))
        if is_arn(text) or (either and _is_unknown(text)):
            return pattern_of(text)
        if spelled == "{" + field + "}" and text.literal is not None:
            return None
        texts.append(after_last_slash(text) if part == "last" else text)
    return pattern_of(concat(texts))


def _own(site: Site, field: str, glob: str) -> Text | None:
    """Return a part that is no property: of the stack, of the resource, or invented."""
    scope = site.reading.scope
    if field in _ENVIRONMENT:
        return scope.environment.text(_ENVIRONMENT[field])
    if field.startswith("?"):
        symbol = site.symbol(field[1:])
        return Text((Symbol(symbol.id, symbol.reference, glob or "*"),))
    if not field.startswith("@"):
        return None
    name, logical_id = field[1:], site.declared.logical_id
    value = ref(logical_id, scope) if name == "Ref" else attribute(logical_id, name, scope)
    return as_text(value) or Text((site.symbol(name),))


def is_arn(text: Text) -> bool:
    """Say whether a string is seen to be an ARN, or to be one when it is known."""
    first = text.pieces[0] if text.pieces else None
    if isinstance(first, Symbol):
        return len(text.pieces) == 1 and first.glob.startswith(_ARN)
    return isinstance(first, Chars) and first.text.startswith(_ARN)


def _is_unknown(text: Text) -> bool:
    return len(text.pieces) == 1 and isinstance(text.pieces[0], Symbol)
