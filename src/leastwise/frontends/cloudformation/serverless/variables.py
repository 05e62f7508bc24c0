"""Resolve the variables of a service, as far as the tree knows what they stand for.

Source: "Serverless Framework - Variables". A fallback counts as the value of an option or an
environment variable: nothing of the machine is read. What lives in AWS (``ssm``, ``cf``, ``s3``)
is a symbol, whatever its fallback.

Not modelled: files that are programs, and sources that plugins add; all of them are symbols.
"""

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field

from leastwise.frontends.cloudformation.scope.environment import Environment
from leastwise.frontends.cloudformation.scope.state import MAX_CHARACTERS, as_text
from leastwise.frontends.cloudformation.serverless.spelling import (
    Source,
    Variable,
    has_variables,
    parts_of,
)
from leastwise.frontends.cloudformation.syntax.data_file import read_yaml_data
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_file import read_json
from leastwise.source.json_scan import text_of_file
from leastwise.source.span import Span, source_file
from leastwise.source.text import concat, literal_text
from leastwise.source.tree import Tree, normalise
from leastwise.source.value import Chars, Mapping, Scalar, Sequence, Symbol, Text, Unknown, Value

MAX_DEPTH = 90
MAX_VALUES = 100_000
MAX_FILES = 200
MAX_PIECES = 1_000

_PROGRAMS = (".js", ".cjs", ".mjs", ".ts", ".cts", ".mts")
_UNKNOWN = {
    "ssm": "a parameter of Systems Manager",
    "cf": "an output of another stack",
    "s3": "an object in S3",
    "opt": "an option of the command without a default",
    "env": "an environment variable, which is not read",
    "git": "known to git only",
    "sls": "known only when the command runs",
}


@dataclass(slots=True, eq=False, repr=False)
class Resolver:
    """Hold what the variables of one service resolve to.

    ``known`` are values by the variable that spells them, ``raws`` the same before the variables
    in them, ``pending`` those on the way, so that cycles end; ``taken`` are strings taken apart, by
    identity; ``read`` are the files that were read, ``left`` how many values may still be made.
    """

    tree: Tree
    path: str
    config: Mapping
    known: "dict[str, tuple[Value, int]]" = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    raws: dict[str, Value] = field(default_factory=dict)
    taken: "dict[int, tuple[Text, tuple[Text | Variable, ...]]]" = field(default_factory=dict)
    files: dict[str, Value | None] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    left: int = MAX_VALUES
    depth: int = 0

    def resolve(self, value: Value) -> Value:
        """Return a value with all variables in it resolved."""
        if self.depth >= MAX_DEPTH or self.left <= 0:
            return self._too_large(value)
        self.depth += 1
        self.left -= 1
        try:
            match value:
                case Text() if has_variables(value):
                    return self._text(value)
                case Mapping():
                    return self._mapping(value)
                case Sequence():
                    items = tuple(self.resolve(item) for item in value.items)
                    return Sequence(items, value.span, value.tail)
                case _:
                    return value
        finally:
            self.depth -= 1

    def get(self, *names: str) -> Value | None:
        """Return what stands at a path of the configuration, resolved; None when nothing does."""
        found = self._walk(self.config, names)
        return None if found is None else self.resolve(found)

    def stage(self) -> Text:
        """Return the stage: what the provider says, or ``dev``."""
        found = self.get("provider", "stage")
        text = None if found is None else as_text(found)
        return text if text is not None and text.pieces else literal_text("dev")

    def region(self) -> Text:
        """Return the region, a symbol where the provider names none."""
        found = self.get("provider", "region")
        text = None if found is None else as_text(found)
        return text if text is not None and text.pieces else Environment(self.path).text("region")

    def _mapping(self, value: Mapping) -> Mapping:
        entries: list[tuple[Text, Value]] = []
        for key, inner in value.entries:
            name = self._text(key) if has_variables(key) else key
            spelled = name if isinstance(name, Text) else literal_text(key.literal or "")
            entries.append((spelled, self.resolve(inner)))
        return Mapping(tuple(entries), value.span, value.tail)

    def _text(self, text: Text) -> Value:
        """Resolve a string: a variable that is all of it may be of any type."""
        parts = self._parts(text)
        if len(parts) == 1 and isinstance(parts[0], Variable):
            return self._variable(parts[0])
        texts: list[Text] = []
        for part in parts:
            found = as_text(self._variable(part)) if isinstance(part, Variable) else part
            if found is None and isinstance(part, Variable):
                found = Text((self._symbol(part, "no string"),), part.span)
            texts += [found] if found is not None else []
        if sum(_length(found) for found in texts) > MAX_CHARACTERS:
            return self._too_large(text)
        return concat(texts, text.span)

    def _parts(self, text: Text) -> tuple[Text | Variable, ...]:
        if id(text) not in self.taken:
            # The string stays with its parts, so that no other one gets its identity.
            self.taken[id(text)] = text, parts_of(text)
        return self.taken[id(text)][1]

    def _variable(self, variable: Variable) -> Value:
        """Return the value of a variable, one for all its uses."""
        name = variable.spelled
        if name in self.known:
            value, size = self.known[name]
            self.left -= size
            return value
        if name in self.pending:
            return self._unknown(variable, "it refers to itself")
        before = self.left
        raw = self._raw(variable)
        self.pending.add(name)
        try:
            value = raw if isinstance(raw, Unknown) else self.resolve(raw)
        finally:
            self.pending.discard(name)
        self.known[name] = value, max(1, before - self.left)
        return value

    def _raw(self, variable: Variable) -> Value:
        """Return what a variable stands for, before the variables in that are resolved."""
        name = variable.spelled
        if name in self.raws:
            return self.raws[name]
        if self.depth >= MAX_DEPTH:
            return self._unknown(variable, "nested too deep to resolve")
        self.raws[name] = self._unknown(variable, "it refers to itself")
        self.depth += 1
        try:
            self.raws[name] = self._first(variable)
        finally:
            self.depth -= 1
        return self.raws[name]

    def _first(self, variable: Variable) -> Value:
        """Return what the first source that has a value gives."""
        reason = "no source of it has a value"
        for source in variable.sources:
            if not source.kind:
                inner = source.address[0] if source.address else None
                nested = self._raw(inner) if isinstance(inner, Variable) else source.literal
                if nested is not None:
                    return nested
                continue
            found = self._source(source, variable)
            if found is not None:
                return found
            reason = _UNKNOWN.get(source.kind, reason)
        return self._unknown(variable, reason)

    def _source(self, source: Source, variable: Variable) -> Value | None:
        address = self._spelled(source.address)
        parameters = self._spelled(source.parameters)
        if address is None or parameters is None:
            return self._unknown(variable, "what it names is not known")
        match source.kind:
            case "self":
                return self._walk(self.config, _names(address))
            case "file":
                return self._file(parameters, address, variable)
            case "opt" | "env":
                return None
            case "param":
                return self._parameter(address)
            case "sls" if address == "stage":
                return self.stage()
            case "aws" if address == "accountId":
                return Environment(self.path).text("account")
            case "aws" if address == "region":
                return self.region()
            case "strToBool":
                return _boolean(parameters, variable.span)
            case kind:
                reason = _UNKNOWN.get(kind, f"a value that {kind!r} gives")
                return self._unknown(variable, reason)

    def _spelled(self, parts: Iterable[Text | Variable]) -> str | None:
        """Return the characters of an address; None when some are not known."""
        texts = [
            part if isinstance(part, Text) else as_text(self._variable(part)) for part in parts
        ]
        literals = ["" if text is None else text.literal for text in texts]
        known = [literal for literal in literals if literal is not None]
        whole = None if None in texts or len(known) < len(literals) else "".join(known).strip()
        return None if whole is None or len(whole) > MAX_CHARACTERS else whole

    def _parameter(self, name: str) -> Value | None:
        """Return a parameter of the stage, or its default.

        Source: "Serverless Framework - Parameters" (``params``, and ``stages`` since version 4).
        """
        stage = self.stage().literal
        for step in (stage, "default"):
            for way in (("params", step), ("stages", step, "params")):
                if step is not None:
                    found = self._walk(self.config, (*[w for w in way if w], name))
                    if found is not None:
                        return found
        return None

    def _walk(self, value: Value | None, names: Iterable[str]) -> Value | None:
        """Follow names into a value; variables on the way are resolved."""
        for name in names:
            value = self._seen(value)
            match value:
                case Mapping():
                    value = value.get(name)
                case Sequence() if name.isascii() and name.isdigit() and len(name) < 7:
                    value = value.items[int(name)] if int(name) < len(value.items) else None
                case Unknown():
                    return Unknown(_inside(value.symbol, name), value.reason, value.span)
                case _:
                    return None
        return self._seen(value)

    def _seen(self, value: Value | None) -> Value | None:
        """Return what a value is that is a variable as a whole; null is nothing."""
        if isinstance(value, Text) and has_variables(value):
            parts = self._parts(value)
            if len(parts) == 1 and isinstance(parts[0], Variable):
                value = self._raw(parts[0])
        if isinstance(value, Scalar) and value.value is None:
            return None
        return value

    def _file(self, name: str, address: str, variable: Variable) -> Value | None:
        """Return a file of the tree, or a part of it; a program's result is not known."""
        path = normalise(posixpath.join(posixpath.dirname(self.path), name))
        if name.startswith(("/", "~")) or path is None:
            self.diagnostics.append(
                Diagnostic(
                    "warning",
                    "outside-root",
                    variable.span or Span(self.path, 0, 0),
                    f"{name!r} lies outside the scanned tree",
                    "move it into the tree",
                )
            )
            return self._unknown(variable, "a file outside of the tree")
        if path.endswith(_PROGRAMS):
            return self._unknown(variable, "a program gives it")
        if path not in self.files and len(self.files) >= MAX_FILES:
            return self._unknown(variable, f"more than {MAX_FILES} files are not read")
        if path not in self.files:
            self.files[path] = self._read(path)
        content = self.files[path]
        if isinstance(content, Unknown):
            return self._unknown(variable, content.reason)
        return content if content is None or not address else self._walk(content, _names(address))

    def _read(self, path: str) -> Value | None:
        """Read a file; one that is broken is unknown, one that is missing is nothing."""
        if not self.tree.exists(path):
            return None
        data = self.tree.read(path)
        self.read.add(path)
        value = data if isinstance(data, Diagnostic) else _content(path, data)
        if not isinstance(value, Diagnostic):
            return value
        self.diagnostics.append(value)
        return Unknown(Symbol(f"{self.path}|file {path}", path), "its file can't be read")

    def _symbol(self, variable: Variable, reason: str) -> Symbol:
        spelled = variable.spelled
        reference = spelled.removeprefix("${").removesuffix("}")
        return Symbol(f"{self.path}|{spelled}", reference, reason=reason, span=variable.span)

    def _unknown(self, variable: Variable, reason: str) -> Unknown:
        return Unknown(self._symbol(variable, reason), reason, variable.span)

    def _too_large(self, value: Value) -> Unknown:
        """Give up on a value: the service expands to more than is followed."""
        place = value.span or Span(self.path, 0, 0)
        if not any(d.code == "too-large" for d in self.diagnostics):
            message = "the variables of this service expand to more than is followed"
            remedy = "run 'serverless package', then 'leastwise check .serverless' in its folder"
            self.diagnostics.append(Diagnostic("warning", "too-large", place, message, remedy))
        symbol = Symbol(f"{self.path}|too large {place.path} {place.start}", "...")
        return Unknown(symbol, "more than is followed", value.span)


def _names(address: str) -> tuple[str, ...]:
    return tuple(address.split(".")) if address else ()


def _inside(symbol: Symbol, name: str) -> Symbol:
    return Symbol(f"{symbol.id}.{name}", f"{symbol.reference}.{name}", reason=symbol.reason)


def _length(text: Text) -> int:
    characters = sum(len(p.text) for p in text.pieces if isinstance(p, Chars))
    return characters + len(text.pieces) * (MAX_CHARACTERS // MAX_PIECES)


def _content(path: str, data: bytes) -> Value | Diagnostic | None:
    """Return what a file holds: YAML or JSON by its name, else text."""
    if path.endswith((".yml", ".yaml")):
        return read_yaml_data(path, data)
    if path.endswith(".json"):
        return read_json(path, data)
    return text_of_file(source_file(path, data))


def _boolean(written: str, span: Span | None) -> Value:
    """Source: "Serverless Framework - Variables", reading booleans from strings."""
    return Scalar(written.lower() in ("true", "1"), span)
