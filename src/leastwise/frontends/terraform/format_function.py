"""``format`` and ``formatlist``: literal text and ``%s`` arguments keep their pieces.

Source: https://developer.hashicorp.com/terraform/language/functions/format. Only the verbs
``%s``, ``%v``, ``%d`` without width or precision, and ``%%`` are worked out.
"""

from leastwise.frontends.terraform.conversions import (
    as_integer,
    as_text,
    is_null,
    literal,
    terraform_json,
)
from leastwise.frontends.terraform.function_site import Site
from leastwise.frontends.terraform.templates import concat_bounded
from leastwise.source.text import join_pieces, literal_text, slice_piece
from leastwise.source.value import Chars, Mapping, Sequence, Text, Unknown, Value

_MAX_VERBS = 1_000


def format_text(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Apply ``format``; None when the format or a verb is not understood."""
    pattern = as_text(arguments[0])
    if pattern is None or pattern.literal is None:
        return None
    if pattern.literal.count("%") > _MAX_VERBS:
        return None
    pieces = _fill(pattern, pattern.literal, arguments[1:])
    return None if pieces is None else concat_bounded(pieces, site.expression, site.scope)


def _fill(pattern: Text, spelled: str, values: tuple[Value, ...]) -> list[Text] | None:
    parts: list[Text] = []
    position, used = 0, 0
    while True:
        at = spelled.find("%", position)
        if at == -1:
            break
        verb = spelled[at + 1 : at + 2]
        if verb == "%":
            parts.append(_slice(pattern, position, at + 1))
        else:
            if used >= len(values):
                return None
            text = _verb(verb, values[used])
            if text is None:
                return None
            parts += [_slice(pattern, position, at), text]
            used += 1
        position = at + 2
    if used != len(values):
        return None
    return [*parts, _slice(pattern, position, len(spelled))]


def _verb(verb: str, value: Value) -> Text | None:
    if is_null(value):
        return None
    if verb in {"s", "v"}:
        text = as_text(value)
        if text is None and verb == "v" and isinstance(value, Sequence | Mapping):
            spelled = terraform_json(value)
            return None if spelled is None else literal_text(spelled)
        return text
    if verb == "d":
        number = as_integer(value)
        if number is not None:
            return literal_text(str(number))
        return as_text(value) if isinstance(value, Unknown) else None
    return None


def _slice(text: Text, start: int, end: int) -> Text:
    pieces = [slice_piece(p, start, end) for p in text.pieces if isinstance(p, Chars)]
    return Text(join_pieces(pieces), None, text.derived)


def formatlist(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Apply ``formatlist``: lists go in step, other arguments are repeated."""
    if not arguments or literal(arguments[0]) is None:
        return None
    lists = [v for v in arguments[1:] if isinstance(v, Sequence)]
    if any(v.tail is not None for v in lists) or any(isinstance(v, Unknown) for v in arguments):
        return None
    sizes = {len(v.items) for v in lists}
    if len(sizes) > 1:
        site.fail()
        return None
    items: list[Value] = []
    for index in range(sizes.pop() if sizes else 1):
        row = tuple(v.items[index] if isinstance(v, Sequence) else v for v in arguments)
        text = format_text(row, site)
        if text is None:
            return None
        items.append(text)
    return Sequence(tuple(items), site.expression.span)
