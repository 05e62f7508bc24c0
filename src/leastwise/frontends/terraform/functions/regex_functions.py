"""``regex``, ``regexall``, and ``replace`` with a pattern.

Source: https://developer.hashicorp.com/terraform/language/functions/regex and .../replace.
"""

from leastwise.frontends.terraform.functions.function_site import Function, Site, literals
from leastwise.frontends.terraform.functions.regex_machine import Machine, Slots
from leastwise.frontends.terraform.functions.regex_syntax import (
    PatternDoubtError,
    PatternError,
    parse_pattern,
)
from leastwise.frontends.terraform.scope.state import MAX_STRING
from leastwise.frontends.terraform.values.conversions import composed, literal
from leastwise.source.text import literal_text
from leastwise.source.value import Mapping, Scalar, Sequence, Value


def compiled(pattern: str, site: Site) -> Machine | None:
    """Return a machine for a pattern; None when it is refused or not worked out."""
    try:
        return Machine(parse_pattern(pattern))
    except PatternError:
        site.fail()
    except PatternDoubtError:
        _too_much(site)
    return None


def _too_much(site: Site) -> None:
    site.scope.state.report(
        "too-much-work",
        site.expression.span,
        "matching this regular expression takes too many steps",
        "make the pattern or the text shorter; the result is taken as unknown",
    )


def _regex(arguments: tuple[Value, ...], site: Site) -> Value | None:
    pattern, text = literal(arguments[0]), literal(arguments[1])
    machine = None if pattern is None else compiled(pattern, site)
    if machine is None or _is_mixed(machine, site) or text is None:
        return None
    try:
        found = machine.find(text, 0)
    except PatternDoubtError:
        _too_much(site)
        return None
    if found is None:
        site.fail()
        return None
    return _captured(machine, found, text, site)


def _regexall(arguments: tuple[Value, ...], site: Site) -> Value | None:
    pattern, text = literal(arguments[0]), literal(arguments[1])
    machine = None if pattern is None else compiled(pattern, site)
    if machine is None or _is_mixed(machine, site) or text is None:
        return None
    try:
        items = tuple(_captured(machine, found, text, site) for found in machine.find_all(text))
    except PatternDoubtError:
        _too_much(site)
        return None
    return Sequence(items, site.expression.span, None, "list")


def _is_mixed(machine: Machine, site: Site) -> bool:
    """Say whether some groups have names and others not, which Terraform refuses."""
    mixed = "" in machine.names and any(machine.names)
    if mixed:
        site.fail()
    return mixed


def _captured(machine: Machine, found: Slots, text: str, site: Site) -> Value:
    """Return the match, or its groups as a tuple or an object by name."""
    groups = [_group(found, index + 1, text, site) for index in range(len(machine.names))]
    if not groups:
        return _group(found, 0, text, site)
    if not machine.names[0]:
        return Sequence(tuple(groups), site.expression.span)
    pairs = sorted(zip(machine.names, groups, strict=True), key=lambda pair: pair[0])
    return Mapping(tuple((literal_text(n), g) for n, g in pairs), site.expression.span)


def _group(found: Slots, index: int, text: str, site: Site) -> Value:
    start, end = found[2 * index], found[2 * index + 1]
    if start < 0 or end < 0:
        return Scalar(None, site.expression.span)
    return site.derived(text[start:end])


def replaced(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Replace all matches of ``/pattern/``; ``$1`` and ``${name}`` stand for groups."""
    found = literals(arguments)
    if found is None:
        return None
    text, pattern, new = found
    machine = compiled(pattern[1:-1], site)
    if machine is None:
        return None
    try:
        made = _replace(machine, composed(text), new)
    except PatternDoubtError:
        _too_much(site)
        return None
    return None if len(made) > MAX_STRING else site.derived(made)


def _replace(machine: Machine, text: str, new: str) -> str:
    parts: list[str] = []
    size, last, place = 0, 0, 0
    while place <= len(text):
        found = machine.find(text, place)
        if found is None:
            break
        parts.append(text[last : found[0]])
        if found[1] > last or found[0] == 0:
            parts.append(_expanded(machine, found, text, new))
            size += len(parts[-1])
            if size > MAX_STRING:
                raise PatternDoubtError
        last = found[1]
        place = max(place + 1, found[1])
    return "".join((*parts, text[last:]))


def _expanded(machine: Machine, found: Slots, text: str, new: str) -> str:
    """Fill ``$name``, ``${name}`` and ``$$`` into a replacement; unknown names are empty."""
    parts: list[str] = []
    position = 0
    while (at := new.find("$", position)) != -1:
        parts.append(new[position:at])
        if new[at + 1 : at + 2] == "$":
            parts.append("$")
            position = at + 2
            continue
        name, position = _name(new, at + 1)
        if name is None:
            parts.append("$")
            continue
        index = _index(machine, name)
        if index is not None and found[2 * index] >= 0:
            parts.append(text[found[2 * index] : found[2 * index + 1]])
    return "".join((*parts, new[position:]))


def _name(new: str, start: int) -> tuple[str | None, int]:
    braced = new[start : start + 1] == "{"
    end = begin = start + braced
    while end < len(new) and (new[end].isalnum() or new[end] == "_"):
        end += 1
    if end == begin or (braced and new[end : end + 1] != "}"):
        return None, start
    return new[begin:end], end + braced


def _index(machine: Machine, name: str) -> int | None:
    if name.isascii() and name.isdigit() and (name == "0" or name[0] != "0"):
        return int(name) if len(name) < 6 and int(name) <= len(machine.names) else None
    return machine.names.index(name) + 1 if name in machine.names else None


REGEXES: dict[str, Function] = {"regex": _regex, "regexall": _regexall}
