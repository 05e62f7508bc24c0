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

from leastwise.config.read import wrong_settings

MAX_RULE_BYTES = 256 * 1024
MAX_DEPTH = 32
MAX_NODES = 50_000
MAX_ITEMS = 500
"""Values of one list: the schema compares some lists in pairs."""
MAX_SHOWN = 120
"""Characters told of what stands in a file."""
SHOWN = 5
"""Faults told of one file."""

_Path = tuple[str | int, ...]
_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map", "merge")
)
_TEXT, _NUMBER = "tag:yaml.org,2002:str", "tag:yaml.org,2002:float"
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


class _RefusedError(Exception):
    """Say what of a file is more than a rule needs, or no value of a rule; with its line."""

    def __init__(self, words: str, line: int | None = None) -> None:
        super().__init__(words)
        self.line = line


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
    except _RefusedError as error:
        return (RuleFault(path, str(error), error.line),)
    if not isinstance(data, dict):
        return (RuleFault(path, "a rule is a mapping with id, title, level and so on"),)
    faults = tuple(_faults(path, data, node, schema))
    if faults:
        return faults
    if path.split("/")[-2:] != f"{data['id']}.yaml".split("/"):
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
            raise _RefusedError(f"more than {MAX_DEPTH} levels stand inside one another")
        if count > MAX_NODES:
            raise _RefusedError(f"the file holds more than {MAX_NODES} values")
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    if node is not None:
        _measure(node, {}, set())
        _refuse_odd(node, set())
    return node


def _measure(node: yaml.Node, known: dict[int, int], inside: set[int]) -> int:
    """Count the values that a node stands for, those of its aliases each time."""
    if id(node) in known:
        return known[id(node)]
    if id(node) in inside:
        raise _RefusedError("an alias stands for what it is part of")
    inside.add(id(node))
    size = 1 + sum(_measure(child, known, inside) for child in _children(node))
    inside.discard(id(node))
    if size > MAX_NODES:
        raise _RefusedError(f"with its aliases the file holds more than {MAX_NODES} values")
    known[id(node)] = size
    return size


def _refuse_odd(node: yaml.Node, seen: set[int]) -> None:
    """Refuse what YAML can say and JSON cannot, long lists, and keys that stand twice.

    Of two equal keys YAML's reader would keep the last.
    """
    if id(node) in seen:
        return
    seen.add(id(node))
    if node.tag not in _TAGS:
        raise _refusal(f"a value of the type {_short(node.tag)} has no place in a rule", node)
    if isinstance(node, yaml.ScalarNode):
        _refuse_odd_scalar(node)
    if isinstance(node, yaml.SequenceNode) and len(node.value) > MAX_ITEMS:
        raise _refusal(f"the list holds more than {MAX_ITEMS} values", node)
    if isinstance(node, yaml.MappingNode):
        _refuse_odd_keys(node)
    for child in _children(node):
        _refuse_odd(child, seen)


def _refuse_odd_scalar(node: yaml.ScalarNode) -> None:
    if any("\ud800" <= character <= "\udfff" for character in node.value):
        raise _refusal("half of a surrogate pair is no character", node)
    if node.tag == _NUMBER and node.value.lower().endswith((".nan", ".inf")):
        raise _refusal(f"{node.value} is no number", node)


def _refuse_odd_keys(node: yaml.MappingNode) -> None:
    keys: set[object] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _refusal("a key must be a string", key)
        if key.tag not in (_TEXT, "tag:yaml.org,2002:merge"):
            raise _refusal(f"the key {_short(key.value)} is no string; put it in quotes", key)
        if key.value in keys:
            raise _refusal(f"the key {_short(key.value)} stands here twice", key)
        keys.add(key.value)


def _refusal(words: str, node: yaml.Node) -> _RefusedError:
    return _RefusedError(words, node.start_mark.line + 1)


def _short(value: object) -> str:
    return _cut(repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


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
    if not errors:
        yield from _wrong_settings(path, data, node)
    for error in (causes or errors)[:SHOWN]:
        narrow = best_match([error]) or error
        place, words = _told(narrow)
        shown = ".".join(str(part) for part in narrow.absolute_path)
        yield RuleFault(path, f"{shown}: {words}" if shown else words, _line(node, place))


_KINDS = {"object": "mapping", "array": "list"}


def _wrong_settings(path: str, data: Any, node: yaml.Node | None) -> Iterator[RuleFault]:
    """Check the configuration of each example as that of a check."""
    for number, example in enumerate(data["examples"]):
        wrong = wrong_settings(example.get("config", {}))
        if wrong is not None:
            place = ("examples", number, "config")
            yield RuleFault(path, f"examples.{number}.config: {_cut(wrong)}", _line(node, place))


def _told(error: jsonschema.ValidationError) -> tuple[_Path, str]:
    """Return where a fault is and what is wrong, in our words."""
    place: _Path = tuple(error.absolute_path)
    wanted: Any = error.validator_value
    found: Any = error.instance
    told = _short(found)
    match error.validator:
        case "additionalProperties":
            known = tuple(_properties(error))
            unknown = next(str(key) for key in found if key not in known)
            words = f"unknown word {_short(unknown)}{_meant(unknown, known)}"
            return (*place, unknown), words
        case "enum":
            known = tuple(str(value) for value in wanted)
            return place, f"{told} is none of {', '.join(known)}{_meant(str(found), known, '')}"
        case "required":
            missing = next(str(key) for key in wanted if key not in found)
            return place, f"{missing!r} is missing"
        case "oneOf" if not place:
            return place, "write one of 'match', 'grades' and, for leastwise's own, 'decide'"
        case "contains" | "minItems" if place == ("examples",):
            return place, "show at least one example that fails and one that passes"
        case "pattern":
            return place, f"{told} is not spelled as it must be ({wanted})"
        case "minProperties" | "maxProperties" if place[-1:] == ("match",):
            return place, f"write one of {', '.join(_properties(error))}"
        case _:
            return place, _refused(error)


_KINDS = {"object": "mapping", "array": "list"}


def _refused(error: jsonschema.ValidationError) -> str:
    wanted: Any = error.validator_value
    told = _short(error.instance)
    match error.validator:
        case "type":
            return f"{told} is no {_KINDS.get(wanted, wanted)}"
        case "minLength" if not error.instance:
            return "it must not be empty"
        case "minLength" | "maxLength":
            most = "at most" if error.validator == "maxLength" else "at least"
            return f"{told} must have {most} {wanted} characters"
        case _:
            return _cut(error.message)


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
