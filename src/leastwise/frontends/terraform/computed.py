"""Spell the attributes that the configuration does not: names, ids and ARNs that AWS computes.

What is not known is a symbol whose id is the resource's address and the attribute, so that it
is equal wherever it is used and survives an edit.
"""

from collections.abc import Iterator
from string import Formatter
from typing import Literal, NamedTuple

from leastwise.frontends.terraform.arn_templates import DATA, MANAGED
from leastwise.frontends.terraform.attribute import literal_at, root_of, text_at
from leastwise.frontends.terraform.environment import environment_symbol
from leastwise.frontends.terraform.model import Body, Instance
from leastwise.iam.managed import managed_policy
from leastwise.iam.policy import Pattern
from leastwise.source.text import concat, join_pieces, literal_text, slice_piece
from leastwise.source.value import Chars, Symbol, Text, Unknown, Value

_ENVIRONMENT = ("partition", "region", "account", "url-suffix")
_AWS_PATHS = ("", "service-role/", "job-function/", "aws-service-role/")
_MADE = "AWS makes it when the resource is created"
_LOOKED_UP = "it is looked up in AWS when Terraform runs"
_GENERATED_NAMES = ("name", "bucket")


class _Subject(NamedTuple):
    """Hold whose attribute is asked for."""

    body: Body
    scope: str
    address: str
    provider: str
    templates: dict[str, str]
    mode: Literal["managed", "data"]

    @property
    def reason(self) -> str:
        """Say why an attribute is not known from the source."""
        return _LOOKED_UP if self.mode == "data" else _MADE

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


def computed_attribute(  # noqa: PLR0913 - what the evaluator knows of a reference
    instance_type: str,
    body: Body,
    attribute: str,
    *,
    scope: str,
    address: str,
    provider: str,
    mode: Literal["managed", "data"],
) -> Value:
    """Return the value of an attribute that the body does not give, as far as it is known.

    ``scope``, ``address`` and ``provider`` are those of the ``Instance``.
    """
    templates = (DATA.get(instance_type) if mode == "data" else None) or MANAGED.get(instance_type)
    subject = _Subject(body, scope, address, provider, templates or {}, mode)
    text = _attribute(subject, instance_type, attribute)
    only = text.pieces[0] if len(text.pieces) == 1 else None
    if isinstance(only, Symbol):
        return Unknown(only, subject.reason, body.span)
    return text


def name_of(instance_type: str, body: Body, *, scope: str, address: str, provider: str) -> Text:
    """Return the name of an IAM resource as references to its ``name`` spell it."""
    subject = _Subject(body, scope, address, provider, MANAGED.get(instance_type, {}), "managed")
    return _attribute(subject, instance_type, "name")


def spell(instance: Instance, template: str) -> Text:
    """Spell a template of ``arn_templates`` with the attributes of an instance."""
    templates = MANAGED.get(instance.type, {})
    subject = _Subject(
        instance.body,
        instance.scope,
        instance.address,
        instance.provider,
        templates,
        instance.mode,
    )
    return concat(_expand(subject, instance.type, template), instance.body.span)


def _attribute(subject: _Subject, instance_type: str, name: str) -> Text:
    spelled = text_at(subject.body, name)
    if spelled is not None:
        return spelled
    if instance_type == "aws_iam_openid_connect_provider" and name == "arn":
        return _oidc_provider(subject)
    template = subject.templates.get(name)
    if subject.mode == "data" and (instance_type, name) == ("aws_iam_policy", "arn"):
        template = _found_by_name(subject) or template
    if template is not None and template != "{" + name + "}":
        return concat(_expand(subject, instance_type, template), subject.body.span)
    if template is not None or name in _ENVIRONMENT:
        return Text((_environment(subject, name),))
    return _generated(subject, name)


def _generated(subject: _Subject, name: str) -> Text:
    """Return a name the provider makes up: after the prefix, or after ``terraform-``."""
    prefix = text_at(subject.body, f"{name}_prefix")
    if prefix is not None:
        return concat([prefix, Text((subject.symbol(name),))], prefix.span)
    invented = name in _GENERATED_NAMES and subject.mode == "managed" and bool(subject.templates)
    return Text((subject.symbol(name, "terraform-*" if invented else "*"),))


def _expand(subject: _Subject, instance_type: str, template: str) -> Iterator[Text]:
    for literal, field, glob, _ in Formatter().parse(template):
        yield literal_text(literal)
        if field is None:
            continue
        if field.startswith("?"):
            yield Text((subject.symbol(field[1:], glob or "*"),))
        elif field in _ENVIRONMENT:
            yield Text((_environment(subject, field),))
        elif glob == "/":
            yield _slashed(_attribute(subject, instance_type, field))
        else:
            yield _attribute(subject, instance_type, field)


def _environment(subject: _Subject, name: str) -> Symbol | Chars:
    """Return an environment part; since provider 6 a resource may name its own region."""
    spelled = text_at(subject.body, "region") if name == "region" else None
    if spelled is not None and len(spelled.pieces) == 1:
        piece = spelled.pieces[0]
        if isinstance(piece, Symbol | Chars):
            return piece
    return environment_symbol(name, scope=subject.scope, provider=subject.provider)


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


def _oidc_provider(subject: _Subject) -> Text:
    """Return ``arn:P:iam::A:oidc-provider/HOST``: the URL without its scheme.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
    """
    url = text_at(subject.body, "url")
    first = url.pieces[0] if url is not None and url.pieces else None
    if url is None or not isinstance(first, Chars):
        host = Text((subject.symbol("url"),))
    else:
        scheme = len("https://") if first.text.startswith("https://") else 0
        start = slice_piece(first, scheme, len(first.text))
        host = Text(join_pieces((start, *url.pieces[1:])), url.span, derived=True)
    head = _expand(subject, "aws_iam_openid_connect_provider", "arn:{partition}:iam::{account}:")
    return concat([*head, literal_text("oidc-provider/"), host], subject.body.span)
