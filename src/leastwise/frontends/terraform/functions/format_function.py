"""``format`` and ``formatlist``: literal text and ``%s`` arguments keep their pieces.

Source: https://developer.hashicorp.com/terraform/language/functions/format.
"""

from leastwise.frontends.terraform.functions.format_numbers import (
    MAX_WIDTH,
    Verb,
    number_text,
    shortest_text,
)
from leastwise.frontends.terraform.functions.function_site import Site
from leastwise.frontends.terraform.functions.graphemes import cluster_count, clusters
from leastwise.frontends.terraform.functions.pieces import text_slice
from leastwise.frontends.terraform.scope.bounds import concat_bounded
from leastwise.frontends.terraform.values.conversions import (
    as_number,
    as_text,
    is_null,
    literal,
    terraform_json,
    truth_of,
)
from leastwise.source.text import literal_text
from leastwise.source.value import Choice, Scalar, Sequence, Text, Unknown, Value

_MAX_VERBS = 1_000
_MODES = frozenset("bdoxXeEfgGvtsq")
_NUMBERS = frozenset("bdoxXeEfgG")


def format_text(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Apply ``format``; None when the format or an argument is not known, or is refused."""
    pattern, spelled = as_text(arguments[0]), literal(arguments[0])
    if pattern is None or spelled is None or spelled.count("%") > _MAX_VERBS:
        return None
    if pattern.literal is None:
        pattern = site.derived(spelled)
    parts = _parsed(pattern, spelled)
    values = arguments[1:]
    if parts is None or _takes(parts) > len(values) or _takes(parts) < len(values):
        site.fail()
        return None
    texts: list[Text] = []
    for part in parts:
        if isinstance(part, Text):
            texts.append(part)
            continue
        made = _verb(part, values[part.argument - 1], site)
        if made is None:
            return None
        texts.append(made)
    return concat_bounded(texts, site.expression, site.scope)


def _takes(parts: list[Text | Verb]) -> int:
    """Return how many arguments a format takes: up to the last one that it names."""
    return max((part.argument for part in parts if isinstance(part, Verb)), default=0)


def _parsed(pattern: Text, spelled: str) -> list[Text | Verb] | None:
    """Split a format into texts and verbs; None when it is malformed."""
    parts: list[Text | Verb] = []
    position, following = 0, 1
    while (at := spelled.find("%", position)) != -1:
        if spelled[at + 1 : at + 2] == "%":
            parts.append(text_slice(pattern, position, at + 1))
            position = at + 2
            continue
        parts.append(text_slice(pattern, position, at))
        found = _parsed_verb(spelled, at + 1, following)
        if found is None:
            return None
        verb, position = found
        following = verb.argument + 1
        parts.append(verb)
    return [*parts, text_slice(pattern, position, len(spelled))]


def _parsed_verb(spelled: str, start: int, argument: int) -> tuple[Verb, int] | None:
    """Read flags, width, precision, argument and mode, in this order."""
    at = start
    while spelled[at : at + 1] and spelled[at] in "0#-+ ":
        at += 1
    flags = frozenset(spelled[start:at])
    width, at = _digits(spelled, at)
    precision = None
    if spelled[at : at + 1] == ".":
        precision, at = _digits(spelled, at + 1)
        precision = precision or 0
    if spelled[at : at + 1] == "[":
        index, end = _digits(spelled, at + 1)
        if not index or spelled[at + 1] == "0" or spelled[end : end + 1] != "]":
            return None
        argument, at = index, end + 1
    mode = spelled[at : at + 1]
    if not mode or mode not in _MODES or max(width or 0, precision or 0) > MAX_WIDTH:
        return None
    return Verb(mode, flags, width, precision, argument), at + 1


def _digits(text: str, start: int) -> tuple[int | None, int]:
    end = start
    while end < len(text) and end - start < 6 and text[end] in "0123456789":
        end += 1
    return (int(text[start:end]) if end > start else None), end


def _verb(verb: Verb, value: Value, site: Site) -> Text | None:
    """Spell an argument; None when it is not known, or refused, which is then counted."""
    if is_null(value):
        # A null without a type is not known to Terraform itself.
        return None
    if isinstance(value, Unknown | Choice):
        return _unknown(verb, value)
    if verb.mode in _NUMBERS:
        return _number(verb, value, site)
    if verb.mode == "t":
        truth = truth_of(value)
        if truth is None:
            _fail_if_known(value, site)
            return None
        return literal_text("true" if truth else "false")
    if verb.mode == "v" and ("#" in verb.flags or not isinstance(value, Text)):
        return _plain(verb, value)
    return _string(verb, value, site)


def _fail_if_known(value: Value, site: Site) -> None:
    if not isinstance(value, Text) or literal(value) is not None:
        site.fail()


def _unknown(verb: Verb, value: Value) -> Text | None:
    plain = verb.width is None and verb.precision is None and not verb.flags
    if not isinstance(value, Unknown) or not plain or verb.mode not in {"s", "v", "d"}:
        return None
    return as_text(value)


def _number(verb: Verb, value: Value, site: Site) -> Text | None:
    number = as_number(value)
    made = None if number is None else number_text(verb, number)
    if made is None:
        _fail_if_known(value, site)
        return None
    return literal_text(made)


def _plain(verb: Verb, value: Value) -> Text | None:
    is_number = isinstance(value, Scalar) and not isinstance(value.value, bool)
    number = as_number(value) if is_number and "#" not in verb.flags else None
    spelled = terraform_json(value) if number is None else shortest_text(number)
    return None if spelled is None else _padded(verb, literal_text(spelled))


def _string(verb: Verb, value: Value, site: Site) -> Text | None:
    text = as_text(value)
    if text is None:
        site.fail()
        return None
    spelled = literal(text)
    if verb.precision:
        parts = None if spelled is None else clusters(spelled)
        if parts is None:
            return None
        spelled = "".join(parts[: verb.precision])
        text = literal_text(spelled)
    if verb.mode == "q":
        quoted = None if spelled is None else terraform_json(literal_text(spelled))
        return None if quoted is None else _padded(verb, literal_text(quoted))
    return _padded(verb, text)


def _padded(verb: Verb, text: Text) -> Text | None:
    if verb.width is None:
        return text
    spelled = literal(text)
    count = None if spelled is None else cluster_count(spelled)
    if spelled is None or count is None:
        return None
    pad = ("0" if "0" in verb.flags else " ") * (verb.width - count)
    return literal_text(spelled + pad if "-" in verb.flags else pad + spelled)


def formatlist(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Apply ``formatlist``: lists go in step, other arguments are repeated."""
    if literal(arguments[0]) is None or any(isinstance(v, Unknown) for v in arguments):
        return None
    lists = [v for v in arguments[1:] if isinstance(v, Sequence)]
    if any(v.tail is not None for v in lists):
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
    return Sequence(tuple(items), site.expression.span, None, "list")
