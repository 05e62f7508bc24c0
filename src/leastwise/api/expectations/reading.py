"""Read access expectations: what a team says its principals can and can't do, in YAML.

The file comes with the tree, so it may be a stranger's. Each expectation is checked by itself:
one that is wrong is told with its place, the others still count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from leastwise.api.environment import Environment
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import SourceFile, Span
from leastwise.source.text import span_of
from leastwise.source.value import Mapping, Scalar, Sequence, Text, Value

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Kind: TypeAlias = Literal["can", "cannot", "within", "nobody", "public"]
KINDS: tuple[Kind, ...] = ("can", "cannot", "within", "nobody", "public")

_Path: TypeAlias = tuple[str | int, ...]


class Written(NamedTuple):
    """Hold a string of the file with its place."""

    text: str
    span: Span


class Requests(NamedTuple):
    """Hold the requests that an expectation is about; without ``actions`` or ``resources`` any.

    ``context`` gives the alternatives of a key, None: the request does not carry it.
    """

    actions: tuple[Written, ...] = ()
    resources: tuple[Written, ...] = ()
    context: tuple[tuple[str, tuple[str, ...] | None], ...] = ()


class Expectation(NamedTuple):
    """Hold one expectation; ``number`` counts from 1, in the order of the file.

    ``principals`` are those it is about, for ``nobody`` those it excepts. ``reference`` is the
    path after ``within``. ``span`` is where its kind is written.
    """

    number: int
    kind: Kind
    title: str
    span: Span
    because: str | None = None
    principals: tuple[Written, ...] = ()
    requests: Requests = Requests()
    reference: Written | None = None


class Expectations(NamedTuple):
    """Hold what a file says and what is wrong with it; ``total`` counts the wrong ones too.

    A problem has the number of its expectation before it, 0 for one of the whole file.
    """

    items: tuple[Expectation, ...]
    problems: tuple[tuple[int, Diagnostic], ...]
    environment: Environment = Environment()
    total: int = 0


def read_expectations(file: SourceFile) -> Expectations:
    """Read the expectations of a file; every problem is an error diagnostic with a remedy."""
    from leastwise.frontends.cloudformation.syntax.yaml_reader import read_yaml

    found = read_yaml(file)
    problems = [(0, _reworded(problem, file)) for problem in found.diagnostics]
    top = found.value
    start = Span(file.path, 0, 0)
    if found.several:
        words = "the file holds several documents"
        problems.append((0, problem(start, words, "keep one document")))
    if top is None:
        if not problems:
            problems.append((0, problem(start, "the file is empty", "write 'version: 1' first")))
        return Expectations((), tuple(problems))
    return _Reader(file.path, top, problems).read()


def problem(span: Span, message: str, remedy: str) -> Diagnostic:
    """Say that an expectation can't be used."""
    return Diagnostic("error", "expectation", span, message, remedy)


def _reworded(found: Diagnostic, file: SourceFile) -> Diagnostic:
    """Put a problem of the YAML reader in the words of this file."""
    if found.code == "unknown-tag":
        return found._replace(
            severity="error",
            message="a tag means nothing in this file",
            remedy="remove what begins with '!'",
        )
    # a lone * is the name of an alias to YAML
    if found.code == "yaml-syntax" and file.data[found.span.start - 1 : found.span.end + 1].count(
        b"*"
    ):
        return found._replace(remedy="put a string that begins with * in quotes: '*'")
    return found._replace(severity="error")


@dataclass(slots=True, eq=False, repr=False)
class _Reader:
    """Turn the value of a file into expectations, problems on the side."""

    path: str
    top: Value
    problems: list[tuple[int, Diagnostic]]

    def read(self) -> Expectations:
        """Return what the file says."""
        schema = _schema()
        shallow = {
            **schema,
            "properties": {
                **schema["properties"],
                "expectations": {**schema["properties"]["expectations"], "items": True},
            },
        }
        whole = self._wrong(shallow, self.top, ())
        listed = self.top.get("expectations") if isinstance(self.top, Mapping) else None
        versioned = isinstance(self.top, Mapping) and _plain(self.top.get("version")) == 1
        if not versioned or not isinstance(listed, Sequence):
            return Expectations((), tuple(self.problems))
        items = [
            item
            for number, value in enumerate(listed.items, 1)
            if (item := self._expectation(number, value)) is not None
        ]
        environment = Environment() if whole else self._environment()
        return Expectations(tuple(items), tuple(self.problems), environment, len(listed.items))

    def _environment(self) -> Environment:
        given = _plain(self.top.get("environment")) if isinstance(self.top, Mapping) else None
        return Environment(**given) if isinstance(given, dict) else Environment()

    def _expectation(self, number: int, value: Value) -> Expectation | None:
        path = ("expectations", number - 1)
        place = span_of(value) or Span(self.path, 0, 0)
        if not isinstance(value, Mapping):
            words = f"{_spelled(path)} must be a mapping, not {_kind(value)}"
            self.problems.append((number, problem(place, words, _ONE_OF)))
            return None
        keys = {key.literal: key for key, _ in value.entries}
        kinds = [kind for kind in KINDS if kind in keys]
        if len(kinds) != 1:
            told = " and ".join(repr(kind) for kind in kinds) or "nothing"
            message = f"{_spelled(path)} says {told}, it needs one of its kinds"
            self.problems.append((number, problem(place, message, _ONE_OF)))
            return None
        schema = _schema()
        kind = kinds[0]
        if self._wrong({**schema["$defs"][kind], "$defs": schema["$defs"]}, value, path):
            return None
        return _built(number, kind, value, span_of(keys[kind]) or place)

    def _wrong(self, schema: Any, value: Value, path: _Path) -> bool:
        """Check a value, note what is wrong with it, and say whether anything is."""
        from jsonschema import Draft202012Validator

        errors = list(Draft202012Validator(schema).iter_errors(_plain(value)))
        for error in sorted(errors, key=lambda e: [str(part) for part in e.absolute_path]):
            at, words, remedy = _explained(error, path)
            is_key = error.validator == "additionalProperties"
            place = _place(value, at, at_key=is_key) or Span(self.path, 0, 0)
            number = path[1] + 1 if len(path) > 1 and isinstance(path[1], int) else 0
            self.problems.append((number, problem(place, words, remedy)))
        return bool(errors)


_ONE_OF = "write 'can', 'cannot' or 'within' under a 'principal', or 'nobody', or 'public: never'"


@cache
def _schema() -> Any:
    import json
    from importlib.resources import files

    return json.loads(files("leastwise").joinpath("data/test.schema.json").read_text("utf-8"))


def _plain(value: Value | None) -> Any:
    """Spell a value as JSON data; its depth was bounded by the reader."""
    match value:
        case Text():
            return value.literal
        case Scalar():
            number = value.value
            return number if number is None or isinstance(number, bool | int) else str(number)
        case Sequence():
            return [_plain(item) for item in value.items]
        case Mapping():
            return {key.literal: _plain(item) for key, item in value.entries}
        case _:
            return None


def _explained(error: "ValidationError", path: _Path) -> tuple[_Path, str, str]:
    """Return the way to what is wrong, what is wrong, and what to do."""
    at: _Path = tuple(error.absolute_path)
    name = _spelled((*path, *at))
    schema: Any = error.schema
    instance: Any = error.instance
    if error.validator == "additionalProperties":
        return _unknown_key(at, error, name)
    if error.validator == "required":
        missing = next(key for key in schema["required"] if key not in instance)
        return at, f"{name} needs {missing!r}", f"add {missing!r}"
    wanted = schema.get("description", "something else")
    return at, f"{name} must be {wanted}, not {_short(instance)}", f"write {wanted}"


def _unknown_key(at: _Path, error: "ValidationError", name: str) -> tuple[_Path, str, str]:
    from difflib import get_close_matches

    schema: Any = error.schema
    instance: Any = error.instance
    known = list(schema["properties"])
    unknown = next(key for key in instance if key not in known)
    near = get_close_matches(unknown.lower(), known, n=1)
    remedy = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
    return (*at, unknown), f"{name} has the unknown key {_short(unknown)}", remedy


def _short(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _kind(value: Value) -> str:
    return _short(_plain(value))


def _spelled(path: _Path) -> str:
    """Spell a way for people: ``expectation 2: can.actions``."""
    if path[:1] == ("expectations",) and len(path) > 1 and isinstance(path[1], int):
        rest = _dotted(path[2:])
        return f"expectation {path[1] + 1}" + (f": {rest}" if rest else "")
    return _dotted(path) or "the file"


def _dotted(path: _Path) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")


def _place(value: Value, path: _Path, *, at_key: bool) -> Span | None:
    """Return where the last part of a way is written, as far as the way goes.

    A short value stands for itself unless ``at_key``, else its key does.
    """
    current, place = value, span_of(value)
    for step in path:
        match current:
            case Mapping():
                found = next(((k, v) for k, v in current.entries if k.literal == step), None)
                if found is None:
                    return place
                key, current = found
                place = span_of(key) or place
                if isinstance(current, Text | Scalar) and not at_key:
                    place = span_of(current) or place
            case Sequence() if isinstance(step, int) and step < len(current.items):
                current = current.items[step]
                place = span_of(current) or place
            case _:
                return place
    return place


def _built(number: int, kind: Kind, value: Mapping, place: Span) -> Expectation:
    """Build an expectation from what the schema has accepted."""
    body = value.get(kind)
    parts = body if isinstance(body, Mapping) else Mapping(())
    principals = value.get("principal") if kind != "nobody" else parts.get("except")
    asked = parts.get("can") if kind == "nobody" else parts
    requests = _requests(asked) if isinstance(asked, Mapping) else Requests()
    reference = next(iter(_named(body, place)), None) if kind == "within" else None
    name = _plain(value.get("name"))
    return Expectation(
        number,
        kind,
        name if isinstance(name, str) else _title(kind, tuple(_named(principals, place)), requests),
        place,
        _plain(value.get("because")),
        tuple(_named(principals, place)),
        requests,
        reference,
    )


def _title(kind: Kind, principals: tuple[Written, ...], requests: Requests) -> str:
    """Name an expectation that has no name."""
    names = _few(principals)
    what = f"{_few(requests.actions) or 'anything'} on {_few(requests.resources) or 'any resource'}"
    match kind:
        case "can" | "cannot":
            return f"{names} {kind} {what}"
        case "within":
            return f"{names} within its limit"
        case "nobody":
            return f"nobody can {what}" + (f" except {names}" if names else "")
        case "public":
            return "nothing is public"


def _few(names: tuple[Written, ...]) -> str:
    shown = ", ".join(name.text for name in names[:2])
    return f"{shown} and {len(names) - 2} more" if len(names) > 2 else shown


def _requests(value: Mapping) -> Requests:
    place = span_of(value) or Span("", 0, 0)
    context = value.get("context")
    return Requests(
        tuple(_named(value.get("actions"), place)),
        tuple(_named(value.get("resources"), place)),
        tuple(_context(context)) if isinstance(context, Mapping) else (),
    )


def _named(value: Value | None, place: Span) -> Iterator[Written]:
    items = value.items if isinstance(value, Sequence) else (value,)
    for item in items:
        if isinstance(item, Text):
            yield Written(item.literal or "", span_of(item) or place)


def _context(value: Mapping) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    for key, given in value.entries:
        plain = _plain(given)
        values = plain if isinstance(plain, list) else [plain]
        words = None if plain is None else tuple(_word(item) for item in values)
        yield (key.literal or "").lower(), words


def _word(value: object) -> str:
    """Spell a boolean or number as AWS puts it in a request."""
    return str(value).lower() if isinstance(value, bool) else str(value)
