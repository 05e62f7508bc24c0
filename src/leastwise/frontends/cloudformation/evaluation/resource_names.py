"""Spell the names and ARNs of resources: fill the shapes of ``scope.shapes``.

A part that is not known is a symbol whose id is the logical id and the part, so that it is the
same wherever the template uses it. In ``{Property!x}``, ``l`` is the text in lower case, ``/``
with one leading slash, ``d`` the text or ``default``, ``b`` and ``p`` what stands for an event
bus before the name of a rule (``bus/``, ``bus|``; nothing for the default bus), ``f`` the ARN of
a function that is named or given by its ARN, ``r`` the text where it is an ARN.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from leastwise.frontends.cloudformation.scope.environment import PSEUDO_PARTS, Part
from leastwise.frontends.cloudformation.scope.shapes import (
    Shape,
    invented_glob,
    parts_of,
    shape_of,
)
from leastwise.frontends.cloudformation.scope.state import (
    ABSENT,
    MAX_CHARACTERS,
    MAX_PARTS,
    Scope,
    as_text,
    nothing_assumed,
)
from leastwise.frontends.cloudformation.scope.uses import again, once
from leastwise.frontends.cloudformation.syntax.template import Declaration
from leastwise.source.span import Span
from leastwise.source.text import (
    common_glob,
    concat,
    glob_of,
    join_pieces,
    literal_text,
    slice_piece,
)
from leastwise.source.value import Chars, Choice, Scalar, Symbol, Text, Unknown, Value

_HOP = 4
"""What it costs in depth to go on with the name of another resource, beside the value itself."""
MADE = "AWS makes it when the stack is deployed"
INVENTED = "CloudFormation invents it when the stack is deployed"
_SCHEME = "https://"
_STACK_NAME = "AWS::StackName"
_FUNCTION = "arn:{partition}:lambda:{region}:{account}:function:"
_FUNCTIONS = "arn:*:lambda:*:*:function:*"
_PARTS: dict[str, Part] = {part: part for part in PSEUDO_PARTS.values()}
_CUSTOM = "the function behind the custom resource gives it"
_REASONS = (
    ("Custom::", _CUSTOM),
    ("AWS::CloudFormation::CustomResource", _CUSTOM),
    ("AWS::CloudFormation::Stack", "it is an output of a nested stack that is not in view"),
    ("AWS::", MADE),
)


class Subject(NamedTuple):
    """Hold the resource whose name or ARN is asked for, and the stack that it is in."""

    declared: Declaration
    scope: Scope

    @property
    def id(self) -> str:
        """Return the id of what Ref gives where AWS makes it."""
        return f"{self.scope.id}|{self.declared.logical_id}"

    @property
    def shape(self) -> Shape | None:
        """Return how the type of the resource is named, if that is known."""
        return shape_of(self.declared.type)

    def symbol(self, word: str, glob: str = "*", reason: str = MADE) -> Symbol:
        """Return the symbol of a part, or of all that Ref gives (no word)."""
        logical_id = self.declared.logical_id
        reference = f"{logical_id}.{word}" if word else logical_id
        key = f"{self.id}.{word}" if word else self.id
        return Symbol(key, reference, glob, reason=reason, span=self.declared.span)

    def given(self, name: str) -> Value | None:
        """Evaluate a property; one that refers to itself on the way is not known (None)."""
        raw = self.declared.properties.get(name)
        key = f"{self.declared.logical_id}.{name}"
        if raw is None or key in self.scope.pending:
            return None
        if key in self.scope.properties:
            again(("property", key), self.scope)
            return self.scope.properties[key]
        # Remembered, or a chain of names that each use the one before twice would take 2^n steps.
        found = once(("property", key), lambda: self._evaluated(raw, key), self.scope)
        self.scope.properties[key] = found
        return found

    def _evaluated(self, raw: Value, key: str) -> Value | None:
        self.scope.pending.add(key)
        self.scope.depth += _HOP
        try:
            # A name is one and the same in all worlds, or references to it would not agree.
            with nothing_assumed(self.scope):
                value = self.scope.evaluate(raw)
        finally:
            self.scope.pending.discard(key)
            self.scope.depth -= _HOP
        return None if value is ABSENT else value


def resource_ref(subject: Subject, span: Span | None = None) -> Value:
    """Return what Ref of a resource gives; unknown for a type that the table does not have."""
    shape = subject.shape
    if shape is None or not shape.ref:
        reason = _reason(subject.declared.type)
        return Unknown(subject.symbol("", reason=reason), reason, span)
    return filled(shape.ref, subject, span)


def resource_attribute(name: str, subject: Subject, span: Span | None = None) -> Value:
    """Return what Fn::GetAtt of a resource gives; an attribute that is not listed is unknown."""
    shape = subject.shape
    spelled = shape.attributes.get(name) if shape else None
    if spelled is None:
        reason = _reason(subject.declared.type)
        is_arn = name.endswith(("Arn", "ARN")) and subject.declared.type.startswith("AWS::")
        symbol = subject.symbol(name, "arn:*" if is_arn and reason is MADE else "*", reason)
        return Unknown(symbol, reason, span)
    return filled(spelled, subject, span)


def resource_arn(subject: Subject) -> Text | None:
    """Return the ARN of a resource, whether or not an attribute gives it; None: not known."""
    shape = subject.shape
    return filled(shape.arn, subject, None) if shape and shape.arn else None


def _reason(kind: str) -> str:
    if kind.endswith("::MODULE"):
        return "it is made by a module that is not in view"
    return next((text for start, text in _REASONS if kind.startswith(start)), "its type is unknown")


def name_of(declared: Declaration, scope: Scope) -> Text:
    """Return the name of a resource: its name property, or a symbol for the invented one."""
    subject = Subject(declared, scope)
    shape = subject.shape
    value = subject.given(shape.name) if shape and shape.name else None
    text = None if value is None else as_text(value)
    if text is not None:
        return text
    invented = invented_glob(declared.logical_id, shape.invented if shape else "")
    if value is not None:
        # One symbol for it, whichever it is: a principal has one name.
        glob = common_glob(tuple(_globs(value, invented)))
        return Text((_named(subject, glob, "a condition chooses it"),), value.span)
    return Text((_named(subject, invented, INVENTED),))


def _globs(value: Value, invented: str) -> Iterator[str]:
    """Yield a glob for each name that conditions choose from."""
    match value:
        case Choice():
            for _, alternative in value.alternatives:
                yield from _globs(alternative, invented)
        case Scalar() if value.value is None:
            yield invented
        case _:
            text = None if value is ABSENT else as_text(value)
            yield invented if value is ABSENT else "*" if text is None else glob_of(text)


def _named(subject: Subject, glob: str, reason: str) -> Symbol:
    logical_id = subject.declared.logical_id
    span = subject.declared.span
    return Symbol(f"{subject.id}.name", logical_id, glob, reason=reason, span=span)


def path_of(declared: Declaration, scope: Scope) -> Text:
    """Return the Path of an IAM resource, ``/`` when it has none."""
    subject = Subject(declared, scope)
    value = subject.given("Path")
    if value is None:
        return literal_text("/")
    text = as_text(value)
    if text is None or text.literal is None:
        return Text((subject.symbol("Path", "/*"),), value.span)
    return text


def filled(spelled: str, subject: Subject, span: Span | None) -> Text:
    """Fill a shape for one resource."""
    found = tuple(parts_of(spelled))
    fill = _part if len(found) == 1 else _part_of_more
    texts = [fill(name, glob, subject) for name, glob in found]
    if _is_too_long(texts):
        return Text((subject.symbol(spelled, reason="it is too long"),), span)
    return concat(texts, span)


def _is_too_long(texts: list[Text]) -> bool:
    pieces = [piece for text in texts for piece in text.pieces]
    characters = sum(len(piece.text) for piece in pieces if isinstance(piece, Chars))
    return len(pieces) > MAX_PARTS or characters > MAX_CHARACTERS


def _part_of_more(name: str, glob: str, subject: Subject) -> Text:
    """Return a part that has text around it; an ARN given for a name is not that name."""
    text = _part(name, glob, subject)
    if name and name not in ("arn", "ref") and "!" not in name and _is_arn(text):
        return Text((subject.symbol(f"{name}.part"),))
    return text


def _part(name: str, rest: str, subject: Subject) -> Text:
    shape = subject.shape
    declared, scope = subject
    if not name:
        return literal_text(rest)
    if name.startswith("?"):
        return Text((subject.symbol(name[1:], rest or "*"),))
    if name in _PARTS:
        return scope.environment.text(_PARTS[name])
    match name:
        case "name":
            return name_of(declared, scope)
        case "path":
            return path_of(declared, scope)
        case "url":
            return _url(subject)
        case "ref" | "arn" if shape is not None:
            return filled(shape.ref if name == "ref" else shape.arn, subject, None)
        case _:
            return _property(name, rest, subject)


def _property(spelled: str, glob: str, subject: Subject) -> Text:
    name, _, change = spelled.partition("!")
    if name == "name":
        text: Text | None = name_of(subject.declared, subject.scope)
    else:
        value = subject.given(name)
        text = None if value is None else as_text(value)
        if value is not None and text is None:
            return Text((subject.symbol(name, glob or "*"),))
    if change:
        return _CHANGES[change](text, name, subject, glob or "*")
    return Text((subject.symbol(name),)) if text is None else text


def _url(subject: Subject) -> Text:
    """Return the Url of an OpenID Connect provider as its ARN spells it: without ``https://``.

    Source: "Create an OpenID Connect (OIDC) identity provider in IAM", AWS IAM User Guide.
    """
    value = subject.given("Url")
    text = None if value is None else as_text(value)
    piece = text.pieces[0] if text is not None and text.pieces else None
    if text is None or not isinstance(piece, Chars) or not piece.text.startswith(_SCHEME):
        return Text((subject.symbol("Url"),))
    rest = slice_piece(piece, len(_SCHEME), len(piece.text))
    return Text(join_pieces((rest, *text.pieces[1:])), text.span, derived=True)


Change: TypeAlias = Callable[[Text | None, str, Subject, str], Text]


def _lower(text: Text | None, name: str, subject: Subject, glob: str) -> Text:
    if text is None or text.literal is None:
        return Text((subject.symbol(f"{name}.lower", glob),))
    if text.literal == text.literal.lower():
        return text
    return literal_text(text.literal.lower(), span=text.span)


def _slashed(text: Text | None, name: str, subject: Subject, glob: str) -> Text:
    """Return a parameter's name as its ARN has it: with exactly one leading slash."""
    first = text.pieces[0] if text is not None and text.pieces else None
    if text is not None and isinstance(first, Chars):
        return text if first.text.startswith("/") else concat([literal_text("/"), text])
    rest = text.pieces[1:] if text is not None else ()
    return Text((subject.symbol(f"{name}.slashed", f"/{glob}"), *rest), derived=True)


def _or_default(text: Text | None, name: str, subject: Subject, _glob: str) -> Text:
    missing = subject.declared.properties.get(name) is None
    if text is None:
        return literal_text("default") if missing else Text((subject.symbol(name),))
    return text


def _bus(text: Text | None, name: str, subject: Subject, mark: str) -> Text:
    """Return what stands before the name of a rule: nothing on the default bus.

    Source: the resource types of Amazon EventBridge in the Service Authorization Reference.
    """
    if text is None:
        missing = subject.declared.properties.get(name) is None
        return literal_text("") if missing else Text((subject.symbol(f"{name}.bus"),))
    last = text.pieces[-1] if text.pieces else None
    if _is_arn(text) and isinstance(last, Chars) and "event-bus/" in last.text:
        text = literal_text(last.text.partition("event-bus/")[2])
    if text.literal == "default":
        return literal_text("")
    if _is_name(text):
        return concat([text, literal_text(mark)])
    return Text((subject.symbol(f"{name}.bus"),))


def _is_arn(text: Text) -> bool:
    first = text.pieces[0] if text.pieces else None
    return isinstance(first, Chars) and first.text.startswith("arn:")


def _is_name(text: Text) -> bool:
    """Say whether a text is a name for sure: what the stack itself is made of has no colon."""
    return all(
        ":" not in piece.text
        if isinstance(piece, Chars)
        else isinstance(piece, Symbol)
        and (piece.environment or piece.reason == INVENTED or piece.reference == _STACK_NAME)
        for piece in text.pieces
    )


def _function(text: Text | None, name: str, subject: Subject, _glob: str) -> Text:
    """Return the ARN of a function that is named, or given by its ARN."""
    if text is not None and _is_arn(text):
        return text
    if text is not None and _is_name(text):
        return concat([filled(_FUNCTION, subject, None), text])
    return Text((subject.symbol(f"{name}.function", _FUNCTIONS),))


def _if_arn(text: Text | None, name: str, subject: Subject, glob: str) -> Text:
    return text if text is not None and _is_arn(text) else Text((subject.symbol(name, glob),))


_CHANGES: Mapping[str, Change] = MappingProxyType(
    {
        "l": _lower,
        "/": _slashed,
        "d": _or_default,
        "b": lambda text, name, subject, _: _bus(text, name, subject, "/"),
        "p": lambda text, name, subject, _: _bus(text, name, subject, "|"),
        "f": _function,
        "r": _if_arn,
    }
)
