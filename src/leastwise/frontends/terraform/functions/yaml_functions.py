"""``yamldecode`` and ``yamlencode``.

Source: https://developer.hashicorp.com/terraform/language/functions/yamldecode and
https://github.com/zclconf/go-cty-yaml: YAML 1.2 numbers with the booleans of YAML 1.1, one
document, mappings with string keys.
"""

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from leastwise.frontends.terraform.functions.function_site import Function, Site
from leastwise.frontends.terraform.functions.text_encodings import from_base64
from leastwise.frontends.terraform.values.conversions import (
    as_text,
    literal,
    number,
    sorted_entries,
    spell_scalar,
)
from leastwise.source.value import Mapping, Scalar, Sequence, Text, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml

MAX_EVENTS = 50_000
MAX_NESTING = 80

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(
        ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True
    ),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE"), False),
    **dict.fromkeys(("off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
}
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_TAG = "tag:yaml.org,2002:"
_SCALAR_TAGS = frozenset(("str", "bool", "int", "float", "null", "timestamp", "binary"))


class _RefusedError(Exception):
    """End the reading of a document that Terraform refuses."""


class _DoubtError(Exception):
    """End the reading of a document that is not worked out."""


def _yamldecode(arguments: tuple[Value, ...], site: Site) -> Value | None:
    spelled = literal(arguments[0])
    if spelled is None:
        return None
    import yaml

    try:
        return _Reader(site).document(iter(yaml.parse(spelled, Loader=yaml.SafeLoader)))
    except (yaml.YAMLError, _RefusedError):
        site.fail()
        return None
    except _DoubtError:
        return None


class _Reader:
    """Read the events of one document."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.anchors: dict[str, Value] = {}
        self.pending: set[str] = set()
        self.left = MAX_EVENTS

    def document(self, events: "Iterator[yaml.Event]") -> Value:
        import yaml

        next(events)
        if not isinstance(next(events, None), yaml.DocumentStartEvent):
            raise _RefusedError
        value = self.node(self._next(events), events, 0)
        next(events)
        if not isinstance(next(events), yaml.StreamEndEvent):
            raise _RefusedError
        return value

    def _next(self, events: "Iterator[yaml.Event]") -> "yaml.Event":
        self.left -= 1
        if self.left < 0:
            raise _DoubtError
        return next(events)

    def node(self, event: "yaml.Event", events: "Iterator[yaml.Event]", depth: int) -> Value:
        import yaml

        if depth > MAX_NESTING:
            raise _DoubtError
        if isinstance(event, yaml.AliasEvent):
            if event.anchor in self.pending or event.anchor not in self.anchors:
                raise _RefusedError
            self.left -= self.site.scope.state.weigh(self.anchors[event.anchor])[0]
            if self.left < 0:
                raise _DoubtError
            return self.anchors[event.anchor]
        anchor = event.anchor if isinstance(event, yaml.NodeEvent) else None
        if anchor is not None:
            self.pending.add(anchor)
        value = self._node(event, events, depth)
        if anchor is not None:
            self.pending.discard(anchor)
            self.anchors[anchor] = value
        return value

    def _node(self, event: "yaml.Event", events: "Iterator[yaml.Event]", depth: int) -> Value:
        import yaml

        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event, self.site)
        if isinstance(event, yaml.SequenceStartEvent):
            if event.tag not in {None, f"{_TAG}seq"}:
                raise _RefusedError
            items: list[Value] = []
            while not isinstance(following := self._next(events), yaml.SequenceEndEvent):
                items.append(self.node(following, events, depth + 1))
            return Sequence(tuple(items), self.site.expression.span)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, events, depth)
        raise _RefusedError

    def _mapping(
        self, event: "yaml.MappingStartEvent", events: "Iterator[yaml.Event]", depth: int
    ) -> Value:
        import yaml

        if event.tag not in {None, f"{_TAG}map"}:
            raise _RefusedError
        found: dict[str, tuple[Text, Value]] = {}
        while not isinstance(key := self._next(events), yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent):
                raise _RefusedError
            if (key.tag is None and key.value == "<<") or key.tag == f"{_TAG}merge":
                _merge(self.node(self._next(events), events, depth + 1), found)
                continue
            name = as_text(_scalar(key, self.site))
            if name is None:
                raise _RefusedError
            found[literal(name) or ""] = (name, self.node(self._next(events), events, depth + 1))
        return Mapping(tuple(found.values()), self.site.expression.span)


def _merge(value: Value, found: dict[str, tuple[Text, Value]]) -> None:
    parts = value.items if isinstance(value, Sequence) else (value,)
    for part in parts:
        if not isinstance(part, Mapping):
            raise _RefusedError
        if isinstance(value, Sequence):
            # Terraform 1.11 refuses some of these lists.
            raise _DoubtError
        found.update({literal(key) or "": (key, item) for key, item in part.entries})


def _scalar(event: "yaml.ScalarEvent", site: Site) -> Value:
    tag = (event.tag or "").removeprefix(_TAG)
    text: str = event.value
    if tag and tag not in _SCALAR_TAGS and tag != "!":
        raise _RefusedError
    if tag in {"str", "binary"}:
        if tag == "binary" and from_base64(text) is None:
            raise _RefusedError
        return site.derived(text)
    if event.style in {"'", '"'} or tag == "!":
        return site.derived(text)
    if text in _WORDS and (event.style is None or text == ""):
        return _word(tag, text, event.style, site)
    return _resolved(tag, text, event.style, site)


def _word(tag: str, text: str, style: str | None, site: Site) -> Value:
    if style is not None and not text:
        return Scalar(None, site.expression.span)
    if tag in {"int", "float", "timestamp"} and text:
        raise _RefusedError
    return Scalar(_WORDS[text], site.expression.span)


def _resolved(tag: str, text: str, style: str | None, site: Site) -> Value:
    if text.lower().lstrip("+-") in {".inf", ".nan"}:
        raise _RefusedError
    if tag in {"bool", "null", "timestamp"}:
        raise _RefusedError if tag == "bool" else _DoubtError
    if not tag and _DATE.match(text) and text[:1].isdigit():
        return _date(text, site)
    if style is None or tag:
        made = _number(text) if _NUMBER.fullmatch(text) or _BASED.fullmatch(text) else None
        if made is not None:
            return Scalar(made.value, site.expression.span)
    if tag in {"int", "float"}:
        raise _RefusedError
    return site.derived(text)


def _number(text: str) -> Scalar | None:
    if text[:2] in {"0x", "0o"}:
        return Scalar(int(text[2:], 16 if text[1] == "x" else 8))
    return number(Decimal(text)) if len(text) <= 400 else None


def _date(text: str, site: Site) -> Value:
    """Read a date as Terraform does, as midnight in UTC; other times are not worked out."""
    if not _DATE.fullmatch(text):
        raise _DoubtError
    year, month, day = (int(part) for part in text.split("-"))
    from calendar import monthrange

    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
        return site.derived(text)
    return site.derived(f"{year:04}-{month:02}-{day:02}T00:00:00Z")


def _yamlencode(arguments: tuple[Value, ...], site: Site) -> Value | None:
    lines = _encoded(arguments[0], 0)
    if lines is not None and isinstance(arguments[0], Text | Scalar):
        lines = [lines[0], *(f"  {line}" if line else line for line in lines[1:])]
        # A document that is a plain word is closed by a line of its own.
        lines += ["..."] if isinstance(arguments[0], Scalar) else []
    return None if lines is None else site.derived("\n".join(lines) + "\n")


def _encoded(value: Value, depth: int) -> list[str] | None:
    """Return the lines of a value in block style; None when part of it is not spelled."""
    if depth > MAX_NESTING:
        return None
    match value:
        case Text() | Scalar():
            return _encoded_scalar(value)
        case Sequence(items=(), tail=None):
            return ["[]"]
        case Mapping(entries=(), tail=None):
            return ["{}"]
        case Sequence(items=items, tail=None):
            found: list[str] = []
            for item in items:
                inside = _encoded(item, depth + 1)
                if inside is None:
                    return None
                found += [f"- {inside[0]}", *_shifted(inside[1:], item)]
            return found
        case Mapping(tail=None):
            return _encoded_mapping(value, depth)
        case _:
            return None


def _encoded_mapping(value: Mapping, depth: int) -> list[str] | None:
    found: list[str] = []
    for key, item in sorted_entries(value):
        name, inside = _encoded_scalar(key), _encoded(item, depth + 1)
        if name is None or inside is None or len(name) > 1:
            return None
        if isinstance(item, Text | Scalar) or inside in (["[]"], ["{}"]):
            found += [f"{name[0]}: {inside[0]}", *_shifted(inside[1:], item)]
        elif isinstance(item, Sequence):
            found += [f"{name[0]}:", *inside]
        else:
            found += [f"{name[0]}:", *(f"  {line}" if line else line for line in inside)]
    return found


def _shifted(lines: list[str], item: Value) -> list[str]:
    del item
    return [f"  {line}" if line else line for line in lines]


def _encoded_scalar(value: Value) -> list[str] | None:
    if isinstance(value, Scalar):
        return ["null" if value.value is None else spell_scalar(value)]
    text = literal(value)
    if text is None:
        return None
    if "\n" in text:
        return _block(text)
    escaped = "".join(_escape(character) for character in text)
    # The emitter folds long lines; how is not worked out.
    return None if len(escaped) > 60 and " " in text else [f'"{escaped}"']


def _block(text: str) -> list[str] | None:
    """Spell a string of lines as a literal block, where it can be one."""
    if text[0] in " \n" or (not text.isprintable() and not text.replace("\n", "").isprintable()):
        return None
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    if ends > 1 or any(line != line.rstrip(" ") for line in body.split("\n")):
        return None
    return ["|" if ends else "|-", *body.split("\n")]


_ESCAPES = {
    "\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r",
    "\x1b": "e", '"': '"', "\\": "\\", "\x85": "N", "\u2028": "L", "\u2029": "P",
}  # fmt: skip


def _escape(character: str) -> str:
    short = _ESCAPES.get(character)
    if short is not None:
        return "\\" + short
    code = ord(character)
    printable = 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
    if printable and code != 0xFEFF:
        return character
    if code > 0xFFFF:
        return f"\\U{code:08X}"
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}"


YAMLS: dict[str, Function] = {"yamldecode": _yamldecode, "yamlencode": _yamlencode}
