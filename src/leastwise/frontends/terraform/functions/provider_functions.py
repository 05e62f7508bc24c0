"""Functions of providers: ``terraform`` (built in) and ``aws``.

Sources: https://developer.hashicorp.com/terraform/language/functions/terraform-encode_tfvars and
its siblings, https://registry.terraform.io/providers/hashicorp/aws/latest/docs/functions/arn_parse.
"""

from leastwise.frontends.terraform.attributes.lookups import arn_parts
from leastwise.frontends.terraform.functions.function_site import Function, Site
from leastwise.frontends.terraform.scope.bounds import concat_bounded
from leastwise.frontends.terraform.scope.state import Scope
from leastwise.frontends.terraform.values.conversions import (
    as_text,
    is_null,
    literal,
    sorted_entries,
    spell_scalar,
)
from leastwise.frontends.terraform.values.go_text import is_printable
from leastwise.source.text import literal_text
from leastwise.source.value import Mapping, Scalar, Sequence, Text, Value

MAX_NESTING = 60
_ARN_PARTS = ("partition", "service", "region", "account_id", "resource")


def _encode_tfvars(arguments: tuple[Value, ...], site: Site) -> Value | None:
    value = arguments[0]
    if not isinstance(value, Mapping):
        if isinstance(value, Sequence | Scalar | Text):
            site.fail()
        return None
    if not all(_is_identifier(literal(key) or "") for key, _ in value.entries):
        site.fail()
        return None
    lines = _attributes(value, 0)
    return None if lines is None else site.derived("".join(f"{line}\n" for line in lines))


def _encode_expr(arguments: tuple[Value, ...], site: Site) -> Value | None:
    if is_null(arguments[0]):
        site.fail()
        return None
    spelled = _spelled(arguments[0], 0)
    return None if spelled is None else site.derived(spelled)


def _spelled(value: Value, depth: int) -> str | None:
    if depth > MAX_NESTING:
        return None
    match value:
        case Text():
            text = literal(value)
            return None if text is None else _quoted(text)
        case Scalar():
            return "null" if value.value is None else spell_scalar(value)
        case Sequence(items=items, tail=None):
            parts = [_spelled(item, depth + 1) for item in items]
            known = [part for part in parts if part is not None]
            return f"[{', '.join(known)}]" if len(known) == len(parts) else None
        case Mapping(entries=(), tail=None):
            return "{}"
        case Mapping():
            lines = _attributes(value, depth)
            if lines is None:
                return None
            inside = "\n".join(f"  {line}" for text in lines for line in text.split("\n"))
            return "{\n" + inside + "\n}"
        case _:
            return None


def _attributes(value: Mapping, depth: int) -> list[str] | None:
    """Spell ``name = value`` lines, with the equals signs under each other."""
    if value.tail is not None:
        return None
    names: list[str] = []
    values: list[str] = []
    for key, item in sorted_entries(value):
        name, spelled = literal(key), _spelled(item, depth + 1)
        if name is None or spelled is None:
            return None
        names.append(name if _is_identifier(name) else _quoted(name))
        values.append(spelled)
    width = max(map(len, names), default=0)
    return [f"{n.ljust(width)} = {v}" for n, v in zip(names, values, strict=True)]


def _is_identifier(name: str) -> bool:
    plain = name.replace("-", "_")
    return bool(name) and name[0] != "-" and plain.isidentifier() and name[0] != "_"


_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def _quoted(text: str) -> str:
    parts: list[str] = []
    for index, character in enumerate(text):
        if character in "$%" and text[index + 1 : index + 2] == "{":
            parts.append(character * 2)
        elif character in _ESCAPES:
            parts.append(_ESCAPES[character])
        elif is_printable(character):
            parts.append(character)
        else:
            code = ord(character)
            parts.append(f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
    return f'"{"".join(parts)}"'


def _decode_tfvars(arguments: tuple[Value, ...], site: Site) -> Value | None:
    from leastwise.frontends.terraform.syntax.parse import parse_file
    from leastwise.frontends.terraform.syntax.references import free_names
    from leastwise.source.diagnostic import Diagnostic

    text = literal(arguments[0])
    if text is None:
        return None
    state = site.scope.state
    path = site.expression.span.path
    file = parse_file(f"{path}#tfvars", text.encode())
    if isinstance(file, Diagnostic) or file.blocks:
        site.fail()
        return None
    scope = Scope(state, site.scope.module)
    entries: list[tuple[Text, Value]] = []
    for name, attribute in file.attributes.items():
        if free_names(attribute.expression):
            site.fail()
            return None
        entries.append((literal_text(name), state.evaluate(attribute.expression, scope)))
    return Mapping(tuple(entries), site.expression.span)


def _arn_parse(arguments: tuple[Value, ...], site: Site) -> Value | None:
    text = as_text(arguments[0])
    parts = None if text is None else arn_parts(text)
    if parts is None or literal(parts[0]) != "arn":
        if literal(arguments[0]) is not None:
            site.fail()
        return None
    entries = zip(_ARN_PARTS, parts[1:], strict=True)
    return Mapping(tuple((literal_text(n), part) for n, part in entries), site.expression.span)


def _arn_build(arguments: tuple[Value, ...], site: Site) -> Value | None:
    texts = [literal_text("arn")]
    for value in arguments:
        text = as_text(value)
        if text is None:
            return None
        texts += [literal_text(":"), text]
    return concat_bounded(texts, site.expression, site.scope)


def _trim_iam_role_path(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Drop the path from a role ARN: what stands between ``role/`` and the name."""
    text = literal(arguments[0])
    if text is None:
        return None
    parts = text.split(":", 5)
    is_role = len(parts) == 6 and parts[0] == "arn" and parts[2] == "iam" and not parts[3]
    if not is_role or not parts[5].startswith("role/"):
        site.fail()
        return None
    return site.derived(f"{':'.join(parts[:5])}:role/{parts[5].rsplit('/', 1)[1]}")


PROVIDERS: dict[str, Function] = {
    "provider::aws::arn_build": _arn_build,
    "provider::aws::arn_parse": _arn_parse,
    "provider::aws::trim_iam_role_path": _trim_iam_role_path,
    "provider::terraform::decode_tfvars": _decode_tfvars,
    "provider::terraform::encode_expr": _encode_expr,
    "provider::terraform::encode_tfvars": _encode_tfvars,
}
