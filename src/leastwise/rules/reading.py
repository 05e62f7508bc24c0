"""Read a rule file: bounded YAML, checked against the schema, each fault with its line.

YAML and jsonschema are imported here and nowhere else among the rules, so that a check without
rules of a team pays for neither. A rule file may be a stranger's: it is data, of bounded size,
depth and number of aliases.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

import jsonschema
import yaml
from jsonschema.exceptions import best_match

MAX_RULE_BYTES = 256 * 1024
MAX_DEPTH = 32
MAX_NODES = 50_000
SHOWN = 5
"""Faults told of one file."""

_Path = tuple[str | int, ...]
_SEVERITY = {"error": 8.0, "warning": 5.5, "note": 2.0}


class RuleFault(NamedTuple):
    """Say what is wrong with a rule file; ``line`` is 1-based, None for the file as a whole."""

    path: str
    message: str
    line: int | None = None


class RuleFile(NamedTuple):
    """Hold a rule file as it was read, checked against the schema, with what it left out."""

    path: str
    data: Mapping[str, Any]


class _TooMuchError(Exception):
    """Say what of a file is more than a rule needs."""


def read_rule(
    path: str, text: bytes, schema: Mapping[str, Any]
) -> RuleFile | tuple[RuleFault, ...]:
    """Read one rule file; ``path`` is POSIX and ends in ``GROUP/NAME.yaml``."""
    if len(text) > MAX_RULE_BYTES:
        return (RuleFault(path, f"the file is larger than {MAX_RULE_BYTES} bytes"),)
    try:
        node = _composed(text)
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return (_no_yaml(path, error),)
    except (UnicodeDecodeError, ValueError) as error:
        return (RuleFault(path, f"this is no YAML: {error}"),)
    except _TooMuchError as error:
        return (RuleFault(path, str(error)),)
    if not isinstance(data, dict):
        return (RuleFault(path, "a rule is a mapping with id, title, level and so on"),)
    faults = tuple(_faults(path, data, node, schema))
    if faults:
        return faults
    if not path.endswith(f"{data['id']}.yaml"):
        words = f"the rule {data['id']!r} belongs in {data['id']}.yaml"
        return (RuleFault(path, words, _line(node, ("id",))),)
    return RuleFile(path, {"security_severity": _SEVERITY[data["level"]], **_LEFT_OUT, **data})


_LEFT_OUT = {"since": "0.0.0", "status": "stable"}


def _no_yaml(path: str, error: yaml.YAMLError) -> RuleFault:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        words = ", ".join(part for part in (error.context, error.problem) if part)
        return RuleFault(path, f"this is no YAML: {words}", error.problem_mark.line + 1)
    return RuleFault(path, f"this is no YAML: {error}")


def _composed(text: bytes) -> yaml.Node | None:
    """Return the tree of nodes once events have shown that it is shallow and small."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _TooMuchError(f"more than {MAX_DEPTH} levels stand inside one another")
        if count > MAX_NODES:
            raise _TooMuchError(f"the file holds more than {MAX_NODES} values")
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    if node is not None:
        _measure(node, {}, set())
        _refuse_twins(node, set())
    return node


def _measure(node: yaml.Node, known: dict[int, int], inside: set[int]) -> int:
    """Count the values that a node stands for, those of its aliases each time."""
    if id(node) in known:
        return known[id(node)]
    if id(node) in inside:
        raise _TooMuchError("an alias stands for what it is part of")
    inside.add(id(node))
    size = 1 + sum(_measure(child, known, inside) for child in _children(node))
    inside.discard(id(node))
    if size > MAX_NODES:
        raise _TooMuchError(f"with its aliases the file holds more than {MAX_NODES} values")
    known[id(node)] = size
    return size


def _refuse_twins(node: yaml.Node, seen: set[int]) -> None:
    """Refuse a key that stands twice in one mapping: YAML's reader would keep the last."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        keys: set[object] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in keys:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value!r} stands here twice", problem_mark=key.start_mark
                )
            keys |= {key.value} if isinstance(key, yaml.ScalarNode) else set()
    for child in _children(node):
        _refuse_twins(child, seen)


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _faults(
    path: str, data: Any, node: yaml.Node | None, schema: Mapping[str, Any]
) -> Iterator[RuleFault]:
    errors = sorted(
        jsonschema.Draft202012Validator(schema).iter_errors(data),
        key=lambda error: [str(part) for part in error.absolute_path],
    )
    # An example that is not spelled right is neither of the two that there must be.
    causes = [error for error in errors if error.validator != "contains"]
    for error in (causes or errors)[:SHOWN]:
        narrow = best_match([error]) or error
        place, words = _told(narrow)
        shown = ".".join(str(part) for part in narrow.absolute_path)
        yield RuleFault(path, f"{shown}: {words}" if shown else words, _line(node, place))


def _told(error: jsonschema.ValidationError) -> tuple[_Path, str]:
    """Return where a fault is and what is wrong, in our words."""
    place: _Path = tuple(error.absolute_path)
    wanted: Any = error.validator_value
    found: Any = error.instance
    match error.validator:
        case "additionalProperties":
            known = tuple(_properties(error))
            unknown = next(str(key) for key in found if key not in known)
            return (*place, unknown), f"unknown word {unknown!r}{_meant(unknown, known)}"
        case "enum":
            known = tuple(str(value) for value in wanted)
            return place, f"{found!r} is none of {', '.join(known)}{_meant(str(found), known, '')}"
        case "required":
            missing = next(str(key) for key in wanted if key not in found)
            return place, f"{missing!r} is missing"
        case "oneOf" if not place:
            return place, "write one of 'match', 'grades' and, for leastwise's own, 'decide'"
        case "contains" | "minItems" if place == ("examples",):
            return place, "show at least one example that fails and one that passes"
        case "pattern":
            return place, f"{found!r} is not spelled as it must be ({wanted})"
        case _:
            return place, error.message


def _properties(error: jsonschema.ValidationError) -> Iterator[str]:
    schema: Any = error.schema
    yield from schema.get("properties", ())


def _meant(word: str, known: tuple[str, ...], otherwise: str = "; known are {}") -> str:
    near = get_close_matches(word, known, n=1)
    if near:
        return f", did you mean {near[0]!r}?"
    return otherwise.format(", ".join(sorted(known)))


def _line(node: yaml.Node | None, path: _Path) -> int | None:
    """Return the line of the deepest part of a path that is written where it is used."""
    line = None
    for part in path:
        key, value = _step(node, part)
        if key is None:
            break
        line, node = key.start_mark.line + 1, value
    return line


def _step(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node | None, yaml.Node | None]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None, None
