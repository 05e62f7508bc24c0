"""Read what makes a long-lived credential, and the outputs of a stack that show one.

CloudFormation keeps the secret of an access key to itself; it is seen where the template puts it.
Outputs are plain text for whoever may describe the stack. A NoEcho parameter is masked, but its
default stands in the template.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-accesskey.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-iam-user-loginprofile.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
"""

from collections.abc import Iterator
from functools import partial

from leastwise.frontends.cloudformation.evaluation.conditions import holding
from leastwise.frontends.cloudformation.evaluation.intrinsics import evaluate
from leastwise.frontends.cloudformation.evaluation.parameters import default_of
from leastwise.frontends.cloudformation.reading.reading import (
    Reading,
    Site,
    attribute_pattern,
    in_worlds,
    member,
    name_pattern,
    pattern_in,
)
from leastwise.frontends.cloudformation.scope.uses import Uses, collected
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Credential, VariableUse
from leastwise.iam.shown import symbol_ids
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.value import Mapping, Symbol, Text, Value

ACCESS_KEY = "AWS::IAM::AccessKey"
_HIDDEN = "SecretAccessKey"
_LOGIN = "LoginProfile"


def read_access_key(site: Site) -> None:
    """Read an access key; its secret is shown only where the template refers to it."""
    written = site.value("UserName")
    user = pattern_in(site, written, "UserName")
    place = None if written is None else span_of(written)
    site.reading.credentials.append(
        Credential(
            kind="access-key",
            address=site.address,
            span=place or site.declared.span,
            user=user,
            occurrence=site.occurrence,
            rests_on=site.rests_on("UserName"),
        )
    )
    for piece in attribute_pattern(site, _HIDDEN).pieces:
        if isinstance(piece, Symbol):
            site.reading.secrets[piece.id] = (f"{site.address}.{_HIDDEN}", user)


def read_login(site: Site) -> None:
    """Read the password of a user: in the template, in a parameter's default, or elsewhere."""
    profile = site.value(_LOGIN)
    if profile is None:
        return
    user = name_pattern(site)
    parameter = _parameter_of(site)
    if parameter is not None:
        site.reading.credentials.append(_default(site, parameter, user))
        return
    for _, world in in_worlds(profile):
        password = member(world, "Password")
        if password is not None:
            site.reading.credentials.append(_password(site, password, user))
            return


def _password(site: Site, password: Value, user: Pattern) -> Credential:
    plain = isinstance(password, Text) and bool(password.literal)
    return Credential(
        kind="password",
        address=site.address,
        span=site.declared.span,
        user=user,
        shown_as="Password" if plain else "",
        occurrence=site.occurrence,
        rests_on=site.rests_on(_LOGIN),
    )


def _parameter_of(site: Site) -> tuple[str, Span | None] | None:
    """Return the parameter with a default that gives the password, and where it is referred to."""
    profile = site.declared.properties.get(_LOGIN)
    raw = profile.get("Password") if isinstance(profile, Mapping) else None
    name = raw.get("Ref") if isinstance(raw, Mapping) else None
    literal = name.literal if isinstance(name, Text) else None
    declared = site.reading.scope.template.parameters.get(literal or "")
    default = None if declared is None else default_of(declared)
    if literal is None or default is None or not default.literal:
        return None
    return literal, span_of(name) if isinstance(name, Text) else None


def _default(site: Site, parameter: tuple[str, Span | None], user: Pattern) -> Credential:
    name, place = parameter
    return Credential(
        kind="parameter",
        address=site.reading.prefix + name,
        span=place or site.declared.span,
        user=user,
        shown_as="Default",
        occurrence=site.occurrence,
    )


def read_outputs(reading: Reading) -> None:
    """Read the outputs of a stack that show the secret of a key that it, or one below, makes."""
    for name, declared in reading.scope.template.outputs.items():
        raw = declared.get("Value")
        if raw is None:
            continue
        found = _evaluated(reading, declared, raw)
        for value, uses in found:
            shown = sorted(symbol_ids(value) & reading.secrets.keys())
            if not shown:
                continue
            secret, user = reading.secrets[shown[0]]
            reading.credentials.append(
                Credential(
                    kind="output",
                    address=f"{reading.prefix}Outputs.{name}",
                    span=span_of(raw) or declared.span,
                    user=user,
                    shown_as=secret,
                    rests_on=_sorted(reading.existence | uses),
                )
            )


def _evaluated(reading: Reading, declared: Mapping, raw: Value) -> Iterator[tuple[Value, Uses]]:
    """Yield the value of an output, unless its condition never holds."""
    scope = reading.scope
    condition = declared.get("Condition")
    if isinstance(condition, Text) and condition.literal in scope.template.conditions:
        held, uses = collected(partial(holding, condition.literal, scope), scope)
        if held is None:
            return
        scope.assumed = held.assumed
        value, more = collected(partial(evaluate, raw, scope), scope)
        scope.assumed = {}
        yield value, uses | more
        return
    yield collected(partial(evaluate, raw, scope), scope)


def _sorted(uses: Uses) -> tuple[VariableUse, ...]:
    return tuple(sorted(uses, key=lambda use: (use.name, use.text)))
