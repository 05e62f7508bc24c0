"""Hold our values against Terraform's: which are the same, which match, which are wrong.

Both sides become plain data. In ours a symbol is spelled as a mark in the text, an unknown part
is ``Open``, alternatives are ``OneOf``; in Terraform's a part that AWS computes is ``<<ref>>``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from leastwise.frontends.terraform.values.conversions import literal, spell_scalar
from leastwise.source.json_scan import parse_json
from leastwise.source.value import (
    Chars,
    Choice,
    Encoded,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

Json: TypeAlias = Any
Candidates: TypeAlias = Callable[[str], list[str]]

START, END = "\ue000", "\ue001"
MARK = re.compile(f"{START}(.)([^{END}]*){END}")
MARKER = re.compile("<<((?!var\\.)[^<>]*)>>")
"""Variables without a value have the program's text on both sides."""

ANY_MARKER = re.compile("<<([^<>]*)>>")
_WHOLE = frozenset(("", ".Statement", ".Statement[]"))
BRACKETS = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]')


class Open(NamedTuple):
    """Stand for a value, or further elements, that we do not know."""

    reference: str


class OneOf(NamedTuple):
    """Hold alternatives."""

    values: list[Json]


class DifferentError(Exception):
    """Say where two values differ."""


def plain(value: Value) -> Json:
    """Return one of our values as plain data."""
    match value:
        case Text():
            return spelled(value)
        case Scalar(value=Decimal() | int() as number) if not isinstance(number, bool):
            return Decimal(number)
        case Scalar():
            return value.value
        case Sequence():
            items = [plain(item) for item in value.items]
            return [*items, Open(value.tail.reference)] if value.tail else items
        case Mapping():
            entries: dict[Any, Json] = {spelled(key): plain(item) for key, item in value.entries}
            if value.tail:
                entries[Open(value.tail.reference)] = None
            return entries
        case Choice():
            return OneOf([plain(item) for _, item in value.alternatives])
        case Unknown():
            if value.symbol.reference == "terraform.workspace":
                return "default"
            return Open(mark(value.symbol))


def spelled(text: Text) -> str:
    """Spell a text with marks for its symbols."""
    parts: list[str] = []
    for piece in text.pieces:
        match piece:
            case Chars():
                parts.append(piece.text)
            case Symbol():
                parts.append(mark(piece))
            case Encoded():
                parts.append(literal(Text((piece,))) or mark(Symbol("json", "json")))
    return "".join(parts)


def mark(symbol: Symbol) -> str:
    """Spell a symbol: whether it is of the environment, its id, and its bare reference."""
    if symbol.reference == "terraform.workspace":
        return "default"
    kind = "e" if symbol.environment else "s"
    bare = BRACKETS.sub("", symbol.reference).replace("[*]", "")
    identity = symbol.id.partition("|replaced|")[0]
    return f"{START}{kind}{identity}~{bare}{END}"


def document(value: Value) -> Json:
    """Return a policy document as plain data, decoded when it is JSON text."""
    match value:
        case Choice():
            return OneOf([document(item) for _, item in value.alternatives])
        case Text(pieces=(Encoded() as encoded,)):
            return document(encoded.value)
        case Text():
            read = parse_json(value, path="")
            return plain(read if isinstance(read, Mapping | Sequence) else value)
        case _:
            return plain(value)


@dataclass(slots=True, eq=False)
class Match:
    """Collect in which ways our value matches: ``symbol``, ``environment``, ``choice``, ...

    ``marker`` finds what Terraform's side does not know.
    """

    candidates: Candidates
    marker: re.Pattern[str] = MARKER
    notes: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)

    def value(self, expected: Json, ours: Json, path: str) -> None:
        """Compare two values, or raise ``DifferentError``."""
        if isinstance(ours, OneOf):
            self._one_of(expected, ours, path)
        elif isinstance(ours, Open):
            self._open(expected, ours, path)
        elif isinstance(expected, str) and isinstance(ours, str):
            if not self._text(expected, ours) and not self._wide(expected, ours):
                raise DifferentError(f"{path}: {expected!r} is {ours!r}")
        elif isinstance(expected, list) and isinstance(ours, list):
            self._list(expected, ours, path)
        elif isinstance(expected, dict) and isinstance(ours, dict):
            self._mapping(expected, ours, path)
        elif not _same_scalar(expected, ours):
            raise DifferentError(f"{path}: {_short(expected)} is {_short(ours)}")

    def _open(self, expected: Json, ours: Open, path: str) -> None:
        if isinstance(expected, str) and self._text(expected, ours.reference):
            return
        if self._is_marked(expected):
            self.notes.add("symbol")
        else:
            self._note("opaque" if path in _WHOLE else "wide", f"{path}: {ours.reference}")

    def _is_marked(self, expected: Json) -> bool:
        """Say whether Terraform does not know a string, or any item of a list, either."""
        if isinstance(expected, list):
            return bool(expected) and all(map(self._is_marked, expected))
        return isinstance(expected, str) and self.marker.search(expected) is not None

    def _note(self, note: str, place: str) -> None:
        self.notes.add(note)
        self.places.add(f"{note} {place}")

    def _take_over(self, attempt: "Match") -> None:
        self.notes |= attempt.notes
        self.places |= attempt.places

    def _one_of(self, expected: Json, ours: OneOf, path: str) -> None:
        problem: DifferentError | None = None
        for alternative in ours.values:
            attempt = Match(self.candidates, self.marker)
            try:
                attempt.value(expected, alternative, path)
            except DifferentError as found:
                problem = problem or found
            else:
                self._take_over(attempt)
                self._note("choice", path)
                return
        raise problem or DifferentError(f"{path}: no alternative")

    def _text(self, expected: str, ours: str) -> bool:
        """Say whether a text is what Terraform has, symbols in the place of its markers."""
        pattern = "".join(
            re.escape(part) if index % 2 == 0 else self._pattern(part)
            for index, part in enumerate(self.marker.split(expected))
        )
        if re.fullmatch(pattern, ours, re.DOTALL) is None:
            return False
        kinds = {kind for kind, _ in MARK.findall(ours)}
        self.notes |= {{"e": "environment", "s": "symbol"}[kind] for kind in kinds}
        if "<<var." in expected:
            self.notes.add("symbol")
        return True

    def _pattern(self, marker: str) -> str:
        """Return a pattern of what a marker stands for; a function may have changed its case."""
        own = f"{START}[^{END}]*[~.]{re.escape(marker)}{END}"
        known = self.candidates(marker) or self.candidates(marker.lower())
        return "(?:" + "|".join([own, *map(_bindable, known)]) + ")"

    def _wide(self, expected: str, ours: str) -> bool:
        """Say whether a text matches once its symbols match anything."""
        pieces = re.split(f"{START}[^{END}]*{END}", ours)
        if len(pieces) == 1 or not _may_be_equal(self.marker.split(expected)[::2], pieces):
            return False
        if self._is_marked(expected):
            self.notes.add("symbol")
        else:
            self._note("wide", ours)
        return True

    def _list(self, expected: list[Json], ours: list[Json], path: str) -> None:
        """Compare lists without regard to order, which means nothing in a policy."""
        is_open = any(
            isinstance(item, Open) and not item.reference.startswith(START) for item in ours
        )
        mine = [i for i in ours if not (isinstance(i, Open) and not i.reference.startswith(START))]
        same = [item for item in mine if isinstance(item, str) and item in expected]
        left = [item for item in expected if item not in same]
        mine = [item for item in mine if item not in same]
        problem: DifferentError | None = None
        for item in mine:
            found, problem = self._take(left, item, path, problem)
            if not found and not _may_be_absent(item) and not self._is_merged(expected, item):
                raise problem or DifferentError(f"{path}: more elements: {_short(item)}")
        if left and not is_open:
            raise problem or DifferentError(f"{path}: elements are missing: {_short(left)}")
        if is_open:
            if left and self._is_marked(left):
                self.notes.add("symbol")
            else:
                self._note("opaque" if left and path in _WHOLE else "wide", f"{path}[...]")

    def _is_merged(self, expected: list[Json], item: Json) -> bool:
        """Say whether an item equals one of two that have the same marker, of two instances."""
        return isinstance(item, str) and any(
            self._is_marked(other) and self._text(other, item)
            for other in expected
            if isinstance(other, str)
        )

    def _take(
        self, left: list[Json], item: Json, path: str, problem: DifferentError | None
    ) -> tuple[bool, DifferentError | None]:
        for index, candidate in enumerate(left):
            attempt = Match(self.candidates, self.marker)
            try:
                attempt.value(candidate, item, f"{path}[]")
            except DifferentError as found:
                problem = problem or found
                continue
            self._take_over(attempt)
            del left[index]
            return True, problem
        return False, problem

    def _mapping(self, expected: dict[str, Json], ours: dict[Any, Json], path: str) -> None:
        left = dict(expected)
        for key, item in ours.items():
            if isinstance(key, Open):
                self._note("wide", f"{path}.{key.reference}")
                continue
            name = next((k for k in left if self._text(k, key)), None)
            name = name or next((k for k in left if self._wide(k, key)), None)
            if name is None:
                if _may_be_absent(item):
                    continue
                raise DifferentError(f"{path}: we have {key!r}: {_short(item)}")
            self.value(left.pop(name), item, f"{path}.{name}")
        if left and not any(isinstance(key, Open) for key in ours):
            raise DifferentError(f"{path}: we lack {_short(left)}")


def _may_be_equal(one: list[str], other: list[str]) -> bool:
    """Say whether two texts with gaps (between the pieces) can be the same text."""
    first, second = (list("\0".join(pieces)) for pieces in (one, other))
    reached = {(0, 0)}
    pending = [(0, 0)]
    while pending:
        at, beside = pending.pop()
        if (at, beside) == (len(first), len(second)):
            return True
        its = first[at] if at < len(first) else ""
        their = second[beside] if beside < len(second) else ""
        steps = {(at + 1, beside + 1)} if its == their and its not in {"", "\0"} else set()
        if its == "\0":
            steps |= {(at + 1, beside), (at, min(beside + 1, len(second)))}
        if their == "\0":
            steps |= {(at, beside + 1), (min(at + 1, len(first)), beside)}
        for step in steps - reached:
            reached.add(step)
            pending.append(step)
    return False


def _bindable(text: str) -> str:
    """Return a pattern of a text whose region, account or partition may be bound to a value."""
    parts = re.split(f"({START}e[^{END}]*{END})", text)
    return "".join(
        f"(?:{re.escape(part)}|[^:{START}]*)" if index % 2 else re.escape(part)
        for index, part in enumerate(parts)
    )


def _may_be_absent(item: Json) -> bool:
    return isinstance(item, OneOf) and any(v is None for v in item.values)


def _same_scalar(expected: Json, ours: Json) -> bool:
    if isinstance(expected, bool) or isinstance(ours, bool) or expected is None or ours is None:
        return expected is ours
    if isinstance(expected, int | float) and isinstance(ours, Decimal):
        return Decimal(str(expected)) == ours
    return False


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) < 300 else text[:300] + "..."


_LISTED = frozenset(("Action", "NotAction", "Resource", "NotResource"))


def normalised(value: Json, *, rendered: bool) -> Json:
    """Return a document in one shape: lists where one value will do, and what is empty left out.

    ``rendered``: by the provider, which writes no Version that the program asked could know.
    """
    if isinstance(value, OneOf):
        return OneOf([normalised(v, rendered=rendered) for v in value.values])
    if not isinstance(value, dict) or "Statement" not in value:
        return value
    found = {k: v for k, v in value.items() if not (rendered and k in {"Version", "Id"})}
    statements = found["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    found["Statement"] = [_statement(one, rendered=rendered) for one in listed]
    return found


def _statement(value: Json, *, rendered: bool) -> Json:
    if isinstance(value, OneOf):
        return OneOf([_statement(v, rendered=rendered) for v in value.values])
    if not isinstance(value, dict):
        return value
    found: dict[Any, Json] = {}
    for key, item in value.items():
        if rendered and item in ([], "", {}):
            continue
        shaped = _shaped(key, item)
        live = rendered and key not in {"Action", "NotAction"}
        found[key] = _live(shaped) if live else shaped
    return found


def _shaped(key: str, item: Json) -> Json:
    if key in _LISTED:
        return _without_repetition(_list_of(item))
    if key in {"Principal", "NotPrincipal"}:
        return _principal(item)
    if key == "Condition" and isinstance(item, dict):
        return {k: _by_key(v) for k, v in item.items()}
    return item


def _by_key(value: Json) -> Json:
    return {k: _list_of(v) for k, v in value.items()} if isinstance(value, dict) else value


def _list_of(value: Json) -> Json:
    if isinstance(value, OneOf):
        return OneOf([_list_of(v) for v in value.values])
    return [_scalar_text(v) for v in value] if isinstance(value, list) else [_scalar_text(value)]


def _without_repetition(value: Json) -> Json:
    """Return the items of a set; the provider takes actions, resources and the like as sets."""
    if not isinstance(value, list):
        return value
    return [item for index, item in enumerate(value) if item not in value[:index]]


def _scalar_text(value: Json) -> Json:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal):
        return spell_scalar(Scalar(Decimal(str(value))))
    return value


def _principal(value: Json) -> Json:
    if isinstance(value, dict):
        found = {k: _without_repetition(_list_of(v)) for k, v in value.items()}
        return "*" if found == {"*": ["*"]} else found
    return value


def _live(value: Json) -> Json:
    match value:
        case str():
            return value.replace("&{", "${")
        case list():
            return [_live(v) for v in value]
        case dict():
            return {_live(k) if isinstance(k, str) else k: _live(v) for k, v in value.items()}
        case _:
            return value
