"""String functions of Terraform that are pure.

Those that only put strings together keep pieces and places; those that change characters give
derived texts, and only of strings that are wholly known.
Source: https://developer.hashicorp.com/terraform/language/functions.
"""

from collections.abc import Callable

from leastwise.frontends.terraform.functions.format_function import format_text, formatlist
from leastwise.frontends.terraform.functions.function_site import Function, Site, literals
from leastwise.frontends.terraform.functions.graphemes import clusters
from leastwise.frontends.terraform.functions.open_pieces import replace_open, split_open
from leastwise.frontends.terraform.functions.pieces import (
    known_start,
    mapped_pieces,
    replace_pieces,
    trimmed_ends,
)
from leastwise.frontends.terraform.functions.replace_in_json import replaced_in_json
from leastwise.frontends.terraform.scope.bounds import concat_bounded
from leastwise.frontends.terraform.scope.state import MAX_STRING
from leastwise.frontends.terraform.values.conversions import (
    as_integer,
    as_number,
    as_text,
    composed,
    is_null,
    literal,
)
from leastwise.frontends.terraform.values.open_lists import at_most_one
from leastwise.source.text import join_pieces, slice_piece
from leastwise.source.value import Chars, Encoded, Scalar, Sequence, Text, Value

_MAX_PLACED_PARTS = 1_000
"""More parts than this do not know their own places: finding them takes quadratic time."""

_SPACE = " \t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def _mapped(function: Callable[[str], str]) -> Function:
    def apply(arguments: tuple[Value, ...], site: Site) -> Value | None:
        found = literals(arguments)
        if found is None or len(found) != 1:
            return None
        changed = function(found[0])
        # An unchanged string keeps its own places.
        same = as_text(arguments[0])
        return same if changed == found[0] and same is not None else site.derived(changed)

    return apply


def _piecewise(name: str, function: Callable[[str], str]) -> Function:
    """Apply a function of single characters to all that is known."""

    def apply(arguments: tuple[Value, ...], site: Site) -> Value | None:
        text = as_text(arguments[0])
        if text is None or literal(text) is not None:
            return _mapped(function)(arguments, site)
        return mapped_pieces(text, name, function)

    return apply


def _trimspace(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Drop white space at both ends; what stays keeps its places."""
    text = as_text(arguments[0])
    if text is None or not text.pieces:
        return text
    return trimmed_ends(text, _SPACE) or _mapped(lambda t: t.strip(_SPACE))(arguments, site)


def _join(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Join lists of strings; the separator and the items keep their pieces."""
    if len(arguments) < 2:
        return None
    separator = as_text(arguments[0])
    only = arguments[1] if len(arguments) == 2 else None
    if isinstance(only, Sequence) and only.tail is not None and literal(separator) == "":
        # SOUND: of documents and ARNs, only none or one give a meaning without a separator.
        return at_most_one(only, site.derived(""), lambda item: as_text(item) or item)
    texts: list[Text] = []
    for value in arguments[1:]:
        if not isinstance(value, Sequence) or value.tail is not None:
            return None
        for item in value.items:
            text = as_text(item)
            if text is None or separator is None:
                _fail_when(is_null(item), site)
                return None
            texts += [separator, text] if texts else [text]
    return concat_bounded(texts, site.expression, site.scope)


def _split(arguments: tuple[Value, ...], site: Site) -> Value | None:
    if len(arguments) != 2:
        return None
    separator, text = literal(arguments[0]), as_text(arguments[1])
    if separator is None or text is None:
        return None
    if text.literal is None:
        opened = split_open(text, separator)
        if opened is not None:
            return _list(tuple(opened), site)
        spelled = literal(text)
        if spelled is None:
            return None
        text = site.derived(spelled)
    return _list(tuple(_cut(text, text.literal or "", separator, site)), site)


def _cut(text: Text, whole: str, separator: str, site: Site) -> list[Text]:
    if not separator:
        return [site.derived(character) for character in composed(whole)]
    if whole.count(separator) > _MAX_PLACED_PARTS:
        return [site.derived(part) for part in whole.split(separator)]
    return _parts(text, whole, separator)


def _list(items: tuple[Value, ...], site: Site) -> Sequence:
    return Sequence(items, site.expression.span, None, "list")


def _parts(text: Text, whole: str, separator: str) -> list[Text]:
    """Cut a known text at a separator; the parts keep their places."""
    parts: list[Text] = []
    start = 0
    while True:
        end = whole.find(separator, start)
        parts.append(_slice(text, start, len(whole) if end == -1 else end))
        if end == -1:
            return parts
        start = end + len(separator)


def _slice(text: Text, start: int, end: int) -> Text:
    pieces = [slice_piece(p, start, end) for p in text.pieces if isinstance(p, Chars)]
    return Text(join_pieces(pieces), None, text.derived)


def _replace(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Replace a part of a string; characters that stay keep their places."""
    text, old, new = as_text(arguments[0]), literal(arguments[1]), as_text(arguments[2])
    if text is None or old is None or new is None:
        return None
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        from leastwise.frontends.terraform.functions.regex_functions import replaced

        return replaced(arguments, site)
    inside = replaced_in_json(text, old, new)
    if inside is not None:
        return inside
    in_parts = replace_open if text.literal is None else replace_pieces
    made = in_parts(text, old, new)
    if made is None:
        return _replace_derived(arguments, site)
    return concat_bounded(made, site.expression, site.scope)


def _replace_derived(arguments: tuple[Value, ...], site: Site) -> Value | None:
    found = literals(arguments)
    if found is None:
        return None
    text, old, new = found
    if len(text) + (text.count(old) if old else len(text) + 1) * len(new) > MAX_STRING:
        site.too_large()
        return None
    return site.derived(text.replace(old, new))


def _trim_prefix(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Drop a known prefix when the known start of the string is long enough to tell."""
    starts = _starts(arguments)
    text = as_text(arguments[0]) if arguments else None
    if starts is None or text is None:
        return None
    if not starts:
        return text
    length = len(literal(arguments[1]) or "")
    first = text.pieces[0] if text.pieces else None
    if not isinstance(first, Chars) or len(first.text) < length:
        whole = literal(text)
        return text if whole is None else site.derived(whole[length:])
    rest = slice_piece(first, length, len(first.text))
    return Text(join_pieces((rest, *text.pieces[1:])), text.span, text.derived)


def _trim_suffix(arguments: tuple[Value, ...], site: Site) -> Value | None:
    ends = _ends(arguments)
    text = as_text(arguments[0]) if arguments else None
    if ends is None or text is None:
        return None
    if not ends:
        return text
    length = len(literal(arguments[1]) or "")
    last = text.pieces[-1] if text.pieces else None
    if not isinstance(last, Chars) or len(last.text) < length:
        whole = literal(text)
        return text if whole is None else site.derived(whole[: len(whole) - length])
    rest = slice_piece(last, 0, len(last.text) - length)
    return Text(join_pieces((*text.pieces[:-1], rest)), text.span, text.derived)


def _starts(arguments: tuple[Value, ...]) -> bool | None:
    """Say whether a string starts with another, where its known start tells."""
    if len(arguments) != 2:
        return None
    text, prefix = as_text(arguments[0]), literal(arguments[1])
    if text is None or prefix is None:
        return None
    first = text.pieces[0] if text.pieces else Chars("")
    whole = literal(text) if isinstance(first, Encoded) else None
    if whole is not None:
        return whole.startswith(prefix)
    if not isinstance(first, Chars):
        return True if not prefix else None
    if len(first.text) >= len(prefix) or len(text.pieces) <= 1:
        return first.text.startswith(prefix)
    if not prefix.startswith(first.text):
        return False
    whole = literal(text)
    return None if whole is None else whole.startswith(prefix)


def _ends(arguments: tuple[Value, ...]) -> bool | None:
    if len(arguments) != 2:
        return None
    text, suffix = as_text(arguments[0]), literal(arguments[1])
    if text is None or suffix is None:
        return None
    last = text.pieces[-1] if text.pieces else Chars("")
    whole = literal(text) if isinstance(last, Encoded) else None
    if whole is not None:
        return whole.endswith(suffix)
    if not isinstance(last, Chars):
        return True if not suffix else None
    if len(last.text) >= len(suffix) or len(text.pieces) <= 1:
        return last.text.endswith(suffix)
    if not suffix.endswith(last.text):
        return False
    whole = literal(text)
    return None if whole is None else whole.endswith(suffix)


def _as_scalar(test: Callable[[tuple[Value, ...]], bool | None]) -> Function:
    def apply(arguments: tuple[Value, ...], site: Site) -> Value | None:
        found = test(arguments)
        return None if found is None else Scalar(found, site.expression.span)

    return apply


def _contains(arguments: tuple[Value, ...]) -> bool | None:
    """Say whether a string contains another (``strcontains``); known parts may tell."""
    if len(arguments) != 2:
        return None
    text, part = as_text(arguments[0]), literal(arguments[1])
    if text is None or part is None:
        return None
    if any(isinstance(p, Chars) and part in p.text for p in text.pieces):
        return True
    whole = literal(text)
    return None if whole is None else part in whole


def _trim(arguments: tuple[Value, ...], site: Site) -> Value | None:
    found = literals(arguments)
    if found is None or len(found) != 2:
        return None
    return site.derived(found[0].strip(found[1]))


def _substr(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Cut a string by characters; a negative length means up to the end."""
    if len(arguments) != 3:
        return None
    text = literal(arguments[0])
    offset, length = as_integer(arguments[1]), as_integer(arguments[2])
    if offset is None or length is None:
        _fail_when(None not in (as_number(arguments[1]), as_number(arguments[2])), site)
        return None
    if text is None:
        opened = as_text(arguments[0])
        decided = opened is not None and offset >= 0 and length >= 0
        return known_start(opened, offset, offset + length) if opened and decided else None
    parts = clusters(text)
    if parts is None:
        return None
    start = max(0, len(parts) + offset) if offset < 0 else min(offset, len(parts))
    end = len(parts) if length < 0 else min(len(parts), start + length)
    source = as_text(arguments[0])
    if source is not None and source.literal == text:
        return _slice(source, len("".join(parts[:start])), len("".join(parts[:end])))
    return site.derived("".join(parts[start:end]))


def _fail_when(holds: bool, site: Site) -> None:
    if holds:
        site.fail()


def _strrev(arguments: tuple[Value, ...], site: Site) -> Value | None:
    text = literal(arguments[0])
    parts = None if text is None else clusters(text)
    return None if parts is None else site.derived("".join(reversed(parts)))


def _indent(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Indent all lines but the first; what is not known is taken to be one line."""
    spaces, found = as_integer(arguments[0]), as_number(arguments[0])
    if spaces is None or spaces < 0:
        _fail_when(found is not None, site)
        return None
    text = literal(arguments[1])
    if text is None:
        return None
    if len(text) + text.count("\n") * spaces > MAX_STRING:
        site.too_large()
        return None
    return site.derived(text.replace("\n", "\n" + " " * spaces))


def _title(text: str) -> str:
    """Raise the first letter of each word, as Go's ``strings.Title`` does."""
    parts: list[str] = []
    before = " "
    for character in text:
        parts.append(character.title() if _separates(before) else character)
        before = character
    return "".join(parts)


def _separates(character: str) -> bool:
    if character.isascii():
        return not (character.isalnum() or character == "_")
    return character.isspace()


def _chomp(text: str) -> str:
    return text.rstrip("\r\n")


def _upper(text: str) -> str:
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in text)


def _lower(text: str) -> str:
    text = text.replace("\u0130", "i")
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _format(arguments: tuple[Value, ...], site: Site) -> Value | None:
    return format_text(arguments, site) if arguments and not is_null(arguments[0]) else None


STRINGS: dict[str, Function] = {
    "join": _join,
    "split": _split,
    "replace": _replace,
    "format": _format,
    "formatlist": formatlist,
    "lower": _piecewise("lower", _lower),
    "upper": _piecewise("upper", _upper),
    "title": _mapped(_title),
    "chomp": _mapped(_chomp),
    "trimspace": _trimspace,
    "trim": _trim,
    "trimprefix": _trim_prefix,
    "trimsuffix": _trim_suffix,
    "startswith": _as_scalar(_starts),
    "endswith": _as_scalar(_ends),
    "strcontains": _as_scalar(_contains),
    "substr": _substr,
    "strrev": _strrev,
    "indent": _indent,
}
