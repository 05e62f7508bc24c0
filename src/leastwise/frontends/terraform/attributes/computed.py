"""Spell the attributes that the configuration does not: names, ids and ARNs that AWS computes.

What is not known is a symbol whose id is the resource's address and the attribute, so that it
is equal wherever it is used and survives an edit. A part of an attribute that AWS invents has
an id of its own, which no reference spells (``aws_secretsmanager_secret.x.arn#suffix``).
"""

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from functools import cache
from string import Formatter
from types import MappingProxyType
from typing import Literal, NamedTuple

from leastwise.frontends.terraform.attributes.arn_templates import (
    ARN_OF,
    DATA,
    GUARDS,
    INVENTED,
    MANAGED,
    NESTED,
)
from leastwise.frontends.terraform.attributes.attribute import (
    given,
    is_nothing,
    literal_at,
    root_of,
    text_of,
)
from leastwise.frontends.terraform.attributes.environment import environment_text
from leastwise.frontends.terraform.attributes.lookups import LOOKUPS, host_of
from leastwise.frontends.terraform.model import Body, Instance
from leastwise.frontends.terraform.values.choices import distribute
from leastwise.frontends.terraform.values.conversions import as_boolean
from leastwise.iam.managed import managed_policy
from leastwise.iam.policy import Pattern
from leastwise.source.text import concat, glob_of, literal_text
from leastwise.source.value import (
    Chars,
    Choice,
    Mapping,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

_ENVIRONMENT = frozenset(("partition", "region", "account", "url-suffix", "reverse-dns-prefix"))
_AWS_PATHS = ("", "service-role/", "job-function/", "aws-service-role/")
MADE = "AWS makes it when the resource is created"
LOOKED_UP = "it is looked up in AWS when Terraform runs"
_NAMES = frozenset(("name", "bucket"))
_FUNCTION = "arn:{partition}:lambda:{region}:{account}:function:"
_OIDC = "aws_iam_openid_connect_provider"
NOTHING_KNOWN: MappingOf[str, Text] = MappingProxyType({})

Mode = Literal["managed", "data"]


class _Subject(NamedTuple):
    """Hold whose attribute is asked for; ``known`` are the environment parts with a value."""

    type: str
    body: Body
    scope: str
    address: str
    provider: str
    templates: MappingOf[str, str]
    mode: Mode
    known: MappingOf[str, Text]

    @property
    def reason(self) -> str:
        """Say why an attribute is not known from the source."""
        return LOOKED_UP if self.mode == "data" else MADE

    def symbol(self, name: str, glob: str = "*") -> Symbol:
        """Return the symbol of an attribute, or of a part of one that AWS invents."""
        reference = f"{self.address}.{name}"
        return Symbol(
            f"{root_of(self.scope)}|{reference}",
            reference,
            glob,
            reason=self.reason,
            span=self.body.span,
        )

    def text(self, name: str) -> Text | None:
        """Return an attribute that the configuration gives; the empty string is not given."""
        value = given(self.body, name)
        return None if value is None or is_nothing(value) else text_of(value)


def computed_attribute(  # noqa: PLR0913 - what the evaluator knows of a reference
    instance_type: str,
    body: Body,
    attribute: str,
    *,
    scope: str,
    address: str,
    provider: str,
    mode: Mode,
    known: MappingOf[str, Text] = NOTHING_KNOWN,
) -> Value:
    """Return the value of an attribute that the body does not give, as far as it is known.

    ``scope``, ``address`` and ``provider`` are those of the ``Instance``. What is spelled from
    attributes with alternatives has alternatives.
    """
    templates = (DATA.get(instance_type) if mode == "data" else None) or MANAGED.get(instance_type)
    subject = _Subject(instance_type, body, scope, address, provider, templates or {}, mode, known)
    names = tuple(n for n in _naming(instance_type, mode, attribute) if _varies(body, n))
    values = tuple(body.attributes[name] for name in names)

    def settled(chosen: tuple[Value, ...]) -> Value:
        attributes = {**body.attributes, **dict(zip(names, chosen, strict=True))}
        return _value(subject._replace(body=body._replace(attributes=attributes)), attribute)

    found = distribute(values, settled) if names else _value(subject, attribute)
    return _value(subject, attribute) if found is None else found


def is_rewritten(instance_type: str, attribute: str, value: Value) -> bool:
    """Say whether references see another value than the one that the configuration gives.

    A name that may be null is made up by the provider where it is; the URL of an identity
    provider has lost its scheme once IAM was asked for it.
    """
    if attribute == "url" and instance_type == _OIDC:
        return True
    if attribute not in _NAMES or instance_type not in MANAGED:
        return False
    if not isinstance(value, Choice):
        return is_nothing(value)
    return any(is_rewritten(instance_type, attribute, v) for _, v in value.alternatives)


def name_of(instance_type: str, body: Body, *, scope: str, address: str, provider: str) -> Text:
    """Return the name of an IAM resource as references to its ``name`` spell it."""
    value = body.attributes.get("name")
    if value is None or is_rewritten(instance_type, "name", value):
        value = computed_attribute(
            instance_type,
            body,
            "name",
            scope=scope,
            address=address,
            provider=provider,
            mode="managed",
        )
    symbol = Symbol(f"{root_of(scope)}|{address}.name", f"{address}.name")
    return text_of(value) or Text((symbol,), body.span)


def spell(instance: Instance, template: str) -> Text:
    """Spell a template of ``arn_templates`` with the attributes of an instance."""
    subject = _Subject(
        instance.type,
        instance.body,
        instance.scope,
        instance.address,
        instance.provider,
        MANAGED.get(instance.type, {}),
        instance.mode,
        instance.known,
    )
    return concat(_expand(subject, "arn", template), instance.body.span)


def _varies(body: Body, name: str) -> bool:
    return isinstance(body.attributes.get(name), Choice)


@cache
def _naming(instance_type: str, mode: Mode, attribute: str) -> tuple[str, ...]:
    """Return the attributes from which one is spelled."""
    templates = (DATA.get(instance_type) if mode == "data" else None) or MANAGED.get(instance_type)
    found: dict[str, None] = {}
    pending = [attribute]
    while pending:
        name = pending.pop()
        if name in found:
            continue
        found |= {name: None, f"{name}_prefix": None}
        fields = [field for _, field, _, _ in Formatter().parse((templates or {}).get(name, ""))]
        pending += [field for field in fields if field and not field.startswith("?")]
    return tuple(found)


def _value(subject: _Subject, name: str) -> Value:
    nested = NESTED.get(subject.type, {}).get(name)
    if nested is not None and subject.mode == "managed":
        return _nested(subject, name, nested)
    text = _attribute(subject, name)
    only = text.pieces[0] if len(text.pieces) == 1 else None
    if isinstance(only, Symbol):
        return Unknown(only, subject.reason, subject.body.span)
    return text


def _nested(subject: _Subject, name: str, attributes: MappingOf[str, str]) -> Value:
    """Return a computed list of one block; what it has besides is not known."""
    span = subject.body.span
    entries: list[tuple[Text, Value]] = []
    for path, template in attributes.items():
        inside, _, last = path.rpartition(".")
        at = f"{name}[0].{inside}[0]" if inside else f"{name}[0]"
        entry = literal_text(last), concat(_expand(subject, f"{at}.{last}", template), span)
        if inside:
            block = Mapping((entry,), span, subject.symbol(at))
            entries.append((literal_text(inside), Sequence((block,), span)))
        else:
            entries.append(entry)
    return Sequence((Mapping(tuple(entries), span, subject.symbol(f"{name}[0]")),), span)


def _attribute(subject: _Subject, name: str) -> Text:
    if subject.type == _OIDC and name == "url":
        return host_of(subject.text("url")) or Text((subject.symbol("url"),))
    spelled = subject.text(name)
    if spelled is not None:
        return spelled
    if subject.mode == "data" and subject.type in LOOKUPS:
        found = LOOKUPS[subject.type](subject.body, name, _suffix(subject))
        return Text((subject.symbol(name),)) if found is None else found
    template = _template(subject, name)
    if template is not None and template != "{" + name + "}":
        return concat(_expand(subject, name, template), subject.body.span)
    if template is not None or name in _ENVIRONMENT:
        return _environment(subject, name)
    return _generated(subject, name)


def _template(subject: _Subject, name: str) -> str | None:
    if subject.mode == "data" and (subject.type, name) == ("aws_iam_policy", "arn"):
        found = _found_by_name(subject)
        if found is not None:
            return found
    guard = GUARDS.get((subject.type, name))
    if guard is not None and not _holds(subject.body, guard):
        return "{?" + name + "}"
    return subject.templates.get(name)


def _holds(body: Body, name: str) -> bool:
    value = given(body, name)
    return value is not None and as_boolean(value) is True


def _generated(subject: _Subject, name: str) -> Text:
    """Return a name the provider makes up: after the prefix, or after ``terraform-``."""
    prefix = subject.text(f"{name}_prefix")
    if prefix is not None:
        return concat([prefix, Text((subject.symbol(f"{name}#generated"),))], prefix.span)
    glob = "*"
    if name in _NAMES and subject.mode == "managed" and subject.type in INVENTED:
        glob = "terraform-*"
    elif name == "arn" and subject.type.startswith("aws_"):
        glob = "arn:*"
    return Text((subject.symbol(name, glob),))


def _expand(subject: _Subject, attribute: str, template: str) -> Iterator[Text]:
    for literal, field, glob, conversion in Formatter().parse(template):
        yield literal_text(literal)
        if field is None:
            continue
        if field.startswith("?"):
            name = field[1:]
            part = name if template.startswith("{?") and name == attribute else None
            yield Text((subject.symbol(part or f"{attribute}#{name}", glob or "*"),))
        elif field in _ENVIRONMENT:
            yield _environment(subject, field)
        elif conversion == "b":
            yield _bus(subject, attribute, field)
        elif conversion == "f":
            yield _function(subject, attribute, field)
        elif conversion == "l":
            yield _lower(subject, attribute, field)
        elif conversion == "r":
            text = _attribute(subject, field)
            yield text if _is_arn(text) else Text((subject.symbol(attribute, glob or "*"),))
        else:
            yield _name(subject, attribute, field, slashed=glob == "/")


def _name(subject: _Subject, attribute: str, field: str, *, slashed: bool) -> Text:
    """Return an attribute as a part of an ARN; where it is an ARN itself, the part is not known."""
    text = _attribute(subject, field)
    meant = field in ("arn", ARN_OF.get(subject.type)) or field.endswith("_arn")
    if _is_arn(text) and not meant:
        return Text((subject.symbol(f"{attribute}#{field}"),))
    return _slashed(text) if slashed else text


def _lower(subject: _Subject, attribute: str, field: str) -> Text:
    """Return an attribute in lower case, as SageMaker has names in ARNs."""
    text = _attribute(subject, field)
    if text.literal is None:
        return Text((subject.symbol(f"{attribute}#{field}", glob_of(text).lower()),))
    lower = text.literal.lower()
    return text if text.literal == lower else literal_text(lower, span=text.span)


def _is_arn(text: Text) -> bool:
    first = text.pieces[0] if text.pieces else None
    return isinstance(first, Chars) and first.text.startswith("arn:")


def _bus(subject: _Subject, attribute: str, field: str) -> Text:
    """Return what stands before the name of a rule: nothing on the default bus, else ``bus/``."""
    bus = subject.text(field)
    if bus is None or bus.literal == "default":
        return literal_text("")
    last = bus.pieces[-1]
    if isinstance(last, Chars) and _is_arn(bus):
        name = last.text.partition("event-bus/")[2]
        if name:
            return literal_text("" if name == "default" else f"{name}/")
    elif bus.literal is not None:
        return concat([bus, literal_text("/")])
    return Text((subject.symbol(f"{attribute}#bus"),))


def _function(subject: _Subject, attribute: str, field: str) -> Text:
    """Return the ARN of a function that is named, or given by its ARN."""
    text = _attribute(subject, field)
    if _is_arn(text):
        return text
    if text.literal is not None and ":" not in text.literal:
        return concat([*_expand(subject, attribute, _FUNCTION), text])
    return Text((subject.symbol(f"{attribute}#function", "arn:*:lambda:*:*:function:*"),))


def _environment(subject: _Subject, name: str) -> Text:
    """Return an environment part; since provider 6 a resource may name its own region."""
    spelled = subject.text("region") if name == "region" else None
    if spelled is not None:
        return spelled
    return environment_text(
        name, scope=subject.scope, provider=subject.provider, known=subject.known
    )


def _suffix(subject: _Subject) -> Text:
    return _environment(subject, "url-suffix")


def _slashed(text: Text) -> Text:
    """Return a parameter's name as its ARN has it: with exactly one leading slash."""
    first = text.pieces[0] if text.pieces else None
    if isinstance(first, Chars):
        return text if first.text.startswith("/") else concat([literal_text("/"), text])
    if isinstance(first, Symbol):
        symbol = Symbol(f"{first.id}|slashed", first.reference, "/*")
        return Text((symbol, *text.pieces[1:]), text.span, derived=True)
    return text


def _found_by_name(subject: _Subject) -> str | None:
    """Return the template of the ARN of an AWS managed policy that is looked up by its name."""
    name = literal_at(subject.body, "name")
    if name is None:
        return None
    for path in _AWS_PATHS:
        if managed_policy(Pattern((f"arn:aws:iam::aws:policy/{path}{name}",))) is not None:
            return f"arn:{{partition}}:iam::aws:policy/{path}{{name}}"
    return None
