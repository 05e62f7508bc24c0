"""Read files with values for the parameters of a template, in the forms that tools take.

- the list of the AWS CLI: ``[{"ParameterKey": "Env", "ParameterValue": "prod"}]``
- the list of ``aws cloudformation deploy``: ``["Env=prod"]``
- the template configuration of CodePipeline: ``{"Parameters": {"Env": "prod"}}``
- a plain mapping, ``{"Env": "prod"}``
- lines of ``Env=prod``
- ``samconfig.toml``: ``parameter_overrides`` of ``[ENVIRONMENT.deploy.parameters]``

The first four are JSON or YAML. Sources: "deploy" and "create-stack", AWS CLI Command Reference;
"CloudFormation artifacts" (template configuration file), AWS CloudFormation User Guide;
"AWS SAM CLI configuration file", AWS SAM Developer Guide.
"""

import posixpath
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from leastwise.frontends.cloudformation.syntax.data_file import read_data
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import BOM, Span
from leastwise.source.text import literal_text, slice_piece, span_of
from leastwise.source.value import (
    Chars,
    Mapping,
    Scalar,
    Segment,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

MAX_BYTES = 4 * 1024 * 1024
"""CloudFormation takes 200 parameters of 4,096 bytes."""

_REMEDY = (
    'write [{"ParameterKey": "NAME", "ParameterValue": "VALUE"}], {"Parameters": {"NAME": "VALUE"}}'
    ", a plain mapping, or lines of NAME=VALUE"
)


class Entry(NamedTuple):
    """Hold one value of a parameter file, and where it is written."""

    name: str
    value: Value
    span: Span | None


def read_parameters(
    path: str, data: bytes, environment: str = ""
) -> tuple[Entry, ...] | Diagnostic:
    """Return the values of a parameter file in order, or what is wrong with it.

    ``environment`` chooses the table of a ``samconfig.toml``.
    """
    if len(data) > MAX_BYTES:
        message = f"{posixpath.basename(path)!r} is larger than {MAX_BYTES} bytes"
        return _problem(path, "too-large", message, "name a file with parameters")
    if path.endswith(".toml"):
        return _of_toml(path, data, environment)
    if not path.endswith((".json", ".yaml", ".yml")) and _is_lines(data):
        return _of_lines(path, data)
    value = read_data(path, data) or Mapping(())
    if isinstance(value, Diagnostic):
        return value
    found = list(_entries(value, path))
    return next((e for e in found if isinstance(e, Diagnostic)), None) or tuple(
        e for e in found if isinstance(e, Entry)
    )


def _problem(path: str, code: str, message: str, remedy: str = _REMEDY) -> Diagnostic:
    return Diagnostic("error", code, Span(path, 0, 0), message, remedy)


def _wrong(path: str, value: Value, words: str) -> Diagnostic:
    place = span_of(value) or Span(path, 0, 0)
    return Diagnostic("error", "parameter-file", place, words, _REMEDY)


def _entries(value: Value, path: str) -> Iterator[Entry | Diagnostic]:
    match value:
        case Mapping():
            inner = value.get("Parameters")
            table = inner if isinstance(inner, Mapping) else value
            for key, one in table.entries:
                yield _entry(key, one, path)
        case Sequence():
            for item in value.items:
                yield _item(item, path)
        case _:
            yield _wrong(path, value, "a parameter file holds a list or a mapping")


def _item(item: Value, path: str) -> Entry | Diagnostic:
    if isinstance(item, Text):
        return _assignment(item) or _wrong(path, item, "an item of the list is not NAME=VALUE")
    key = item.get("ParameterKey") if isinstance(item, Mapping) else None
    if not isinstance(item, Mapping) or not isinstance(key, Text) or not key.literal:
        return _wrong(path, item, "an item of the list has no 'ParameterKey'")
    previous, value = item.get("UsePreviousValue"), item.get("ParameterValue")
    if value is None and isinstance(previous, Scalar) and previous.value is True:
        symbol = Symbol(f"{path}|{key.literal}", key.literal, reason="it keeps its previous value")
        return Entry(key.literal, Unknown(symbol, symbol.reason, item.span), item.span)
    if value is None:
        return _wrong(path, item, f"the parameter {key.literal!r} has no 'ParameterValue'")
    return _entry(key, value, path)


def _entry(key: Text, value: Value, path: str) -> Entry | Diagnostic:
    name = key.literal or ""
    items = value.items if isinstance(value, Sequence) else (value,)
    if not all(
        isinstance(i, Text) or (isinstance(i, Scalar) and i.value is not None) for i in items
    ):
        return _wrong(path, value, f"the value of {name!r} is not a string, a number or a list")
    return Entry(name, value, span_of(value) or key.span)


def _assignment(text: Text) -> Entry | None:
    piece = text.pieces[0] if text.pieces else None
    if not isinstance(piece, Chars) or "=" not in piece.text[1:]:
        return None
    cut = piece.text.index("=")
    value = slice_piece(piece, cut + 1, len(piece.text))
    whole = Text((value,) if value.text else (), text.span)
    return Entry(piece.text[:cut].strip(), whole, text.span)


def _is_lines(data: bytes) -> bool:
    """Say whether the first line that says something is NAME=VALUE."""
    for line in data.removeprefix(BOM).splitlines():
        if line.strip() and not line.lstrip().startswith(b"#"):
            name, equals, _ = line.partition(b"=")
            return bool(equals) and name.strip().isalnum()
    return False


def _of_lines(path: str, data: bytes) -> tuple[Entry, ...] | Diagnostic:
    found: list[Entry] = []
    start = 0
    for line in data.splitlines(keepends=True):
        end = start + len(line)
        stripped = line.removeprefix(BOM).strip()
        if stripped and not stripped.startswith(b"#"):
            name, equals, value = stripped.partition(b"=")
            place = Span(path, start, start + len(line.rstrip()))
            if not equals or not name.strip():
                words = "this line of the parameter file is not NAME=VALUE"
                return Diagnostic("error", "parameter-file", place, words, _REMEDY)
            first = start + line.index(b"=") + 1
            found.append(_line(name.strip(), value, Span(path, first, first + len(value))))
        start = end
    return tuple(found)


def _line(name: bytes, value: bytes, place: Span) -> Entry:
    """Return the entry of one line; quotes around the value are the shell's, or an editor's."""
    inner = value.strip()
    start = place.start + len(value) - len(value.lstrip())
    if len(inner) > 1 and inner[:1] == inner[-1:] and inner[:1] in (b"'", b'"'):
        inner, start = inner[1:-1], start + 1
    span = Span(place.path, start, start + len(inner))
    try:
        text = inner.decode()
    except UnicodeDecodeError:
        return Entry(name.decode("utf-8", "replace"), literal_text(inner.decode("latin-1")), span)
    segment = Segment(0, len(text), span)
    return Entry(name.decode("utf-8", "replace"), literal_text(text, (segment,), span), span)


def _of_toml(path: str, data: bytes, environment: str) -> tuple[Entry, ...] | Diagnostic:
    import tomllib

    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        told = "nested too deep" if isinstance(error, RecursionError) else str(error)
        return _problem(path, "syntax-error", f"not valid TOML: {told}", "correct it")
    found: dict[str, Entry] = {}
    for name in ("default", environment or "default"):
        for command in ("global", "deploy"):
            found.update((e.name, e) for e in _overrides(document, name, command))
    if not found:
        message = f"{posixpath.basename(path)!r} has no 'parameter_overrides'"
        remedy = f"write it into [{environment or 'default'}.deploy.parameters]"
        return _problem(path, "parameter-file", message, remedy)
    return tuple(found.values())


def _overrides(document: dict[str, Any], environment: str, command: str) -> Iterator[Entry]:
    table: Any = document
    for key in (environment, command, "parameters"):
        table = table.get(key) if isinstance(table, dict) else None
    given = table.get("parameter_overrides") if isinstance(table, dict) else None
    words: Iterable[Any] = ()
    if isinstance(given, str):
        words = _words(given)
    elif isinstance(given, list):
        words = given
    elif isinstance(given, dict):
        words = (f"{name}={value}" for name, value in given.items())
    for word in words:
        name, equals, value = word.partition("=") if isinstance(word, str) else ("", "", "")
        if equals and name.strip():
            yield Entry(name.strip(), literal_text(value), None)


def _words(text: str) -> list[str]:
    """Split as a shell does; a quote without its end is kept as it stands."""
    import shlex

    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
