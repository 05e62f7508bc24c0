"""Check that the text at the place of a literal spells the literal.

The decoders here are written apart from those of the program, so that one judges the other.
"""

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

import yaml

from leastwise.iam.project import Project
from leastwise.iam.worlds import is_bounded, parts_of
from leastwise.source.value import Chars, Segment, Text, Value

_HCL_ESCAPE = re.compile(
    r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|\$(\$)(?=\{|$)|%(%)(?=\{|$)'
)
_DOUBLED = re.compile(r"([$%])\1(?=\{|$)")
"""A segment may end between the two signs and the brace."""

_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def _unquoted(raw: str) -> str:
    def character(match: re.Match[str]) -> str:
        simple, short, long, dollar, percent = match.groups()
        if simple:
            return _SIMPLE[simple]
        if short or long:
            return chr(int(short or long, 16))
        return str(dollar or percent)

    return _HCL_ESCAPE.sub(character, raw)


def _heredoc(raw: str) -> str:
    return _DOUBLED.sub(r"\1", raw)


def _json(raw: str) -> str:
    return str(json.loads(f'"{raw}"', strict=False))


def _folded(raw: str) -> str:
    """Fold the lines of a flow scalar: a break is a blank, n + 1 breaks are n."""
    lines = [line.strip(" \t") for line in raw.replace("\r\n", "\n").split("\n")]
    if len(lines) == 1:
        return raw
    breaks = "\n" * (len(lines) - 2)
    return breaks or " "


def _yaml(raw: str) -> str:
    return str(yaml.safe_load(f'"{raw}"')) if "\n" not in raw else _folded(raw)


_DECODERS: dict[str, Callable[[str], str]] = {
    "hcl-quoted": _unquoted,
    "heredoc": _heredoc,
    "json-string": _json,
    "uri": unquote,
    "yaml-plain": _folded,
    "yaml-single": lambda raw: _folded(raw).replace("''", "'"),
    "yaml-double": _yaml,
    "yaml-block": lambda raw: raw.replace("\r\n", "\n"),
}


def strings(value: Value) -> Iterator[Text]:
    """Yield every string of a value, keys included."""
    pending = [value] if is_bounded(value) else []
    while pending:
        current = pending.pop()
        if isinstance(current, Text):
            yield current
        pending += parts_of(current)


def misplaced(text: Text, read: Callable[[str], bytes]) -> list[str]:
    """Return what is wrong with the places of a string; ``read`` returns the bytes of a file."""
    found: list[str] = []
    for piece in text.pieces:
        if isinstance(piece, Chars):
            for segment in piece.segments:
                wanted = piece.text[segment.start : segment.end]
                shown = _spelled(segment, read(segment.span.path))
                if shown is not None and shown != wanted:
                    found.append(f"{segment} spells {shown!r}, not {wanted!r}")
    return found


def _spelled(segment: Segment, data: bytes) -> str | None:
    """Return what the bytes of a segment stand for; None for a codec that is not judged here."""
    raw = data[segment.span.start : segment.span.end].decode("utf-8", "replace")
    if segment.exact:
        return raw
    for codec in segment.codecs:
        if codec not in _DECODERS:
            return None
        raw = _DECODERS[codec](raw)
    return raw


def misplaced_in(project: Project, read: Callable[[str], bytes]) -> tuple[int, int, list[str]]:
    """Return how many strings and segments the policies of a project hold, and what is wrong."""
    texts = segments = 0
    wrong: list[str] = []
    for policy in project.policies:
        if policy.value is None or policy.aws_managed:
            continue
        for text in strings(policy.value):
            texts += 1
            segments += sum(len(p.segments) for p in text.pieces if isinstance(p, Chars))
            wrong += [f"{policy.address}: {problem}" for problem in misplaced(text, read)]
    return texts, segments, wrong
