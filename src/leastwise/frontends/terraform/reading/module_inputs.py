"""Judge what is passed into a module that is not in view.

The module may do anything with it, so all that is read here holds under one assumption for the
call: that the module grants what it is given. Every finding on it is *possible* therefore.

What an input becomes is told by a table for the public modules used most, else by its shape.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from leastwise.frontends.terraform.attributes.attribute import given
from leastwise.frontends.terraform.attributes.environment import account_of, environment_of
from leastwise.frontends.terraform.documents.policy_document import document_text
from leastwise.frontends.terraform.model import Body, Instance
from leastwise.frontends.terraform.reading.input_shapes import Found, shapes, statement_body
from leastwise.frontends.terraform.reading.module_table import Row, inputs_of
from leastwise.frontends.terraform.reading.module_trust import trust_body
from leastwise.frontends.terraform.reading.reading import (
    Reading,
    Site,
    existence,
    guarded,
    pattern_in,
    policy_at,
)
from leastwise.frontends.terraform.reading.removal import literal_removal
from leastwise.frontends.terraform.reading.sources import literal_span
from leastwise.iam.declarations import PolicyReference, PrincipalDeclaration
from leastwise.iam.kinds import kind_of
from leastwise.iam.lower import pattern_of
from leastwise.iam.policy import Pattern, PolicyKind
from leastwise.iam.project import Attachment, PrincipalId, PrincipalKind
from leastwise.source.text import concat, literal_text, span_of
from leastwise.source.value import Assumption, Mapping, Scalar, Symbol, Text, Value

if TYPE_CHECKING:
    from leastwise.iam.worlds import When

_META = frozenset(("source", "version"))
_LIMITING = frozenset(("boundary", "boundaries", "scp", "scps", "rcp", "rcps", "guardrail"))
"""Words in the name of an input that hold a document back from granting anything."""

_DOCUMENTS: dict[str, PolicyKind] = {
    "identity": "identity",
    "trust": "trust",
    "resource": "resource",
}
_HOLDERS: dict[str, PrincipalKind] = {"role": "role", "user": "user", "group": "group"}


class _Call:
    """Collect what the inputs of one call make; ``rows`` are those of the table."""

    __slots__ = ("boundary", "inline", "instance", "managed", "reading", "rows", "when")

    def __init__(self, reading: Reading, instance: Instance) -> None:
        source = instance.body.attributes.get("source")
        literal = source.literal if isinstance(source, Text) else None
        self.reading = reading
        self.instance = instance
        self.rows = inputs_of(literal or "")
        text = f"{instance.address}, which is not in view, grants what it is given"
        grants = Assumption(f"{instance.scope}|{instance.address}|grants", "true", text)
        self.when: When = (grants, *existence(instance))
        self.boundary: PolicyReference | None = None
        self.inline: list[Attachment] = []
        self.managed: list[PolicyReference] = []

    def site(self, name: str, value: Value, label: str) -> Site:
        """Return the site of a value inside an input."""
        body = self.instance.body
        spans = {label: body.attribute_spans[name]} if name in body.attribute_spans else {}
        inside = body._replace(
            attributes={label: value},
            blocks=(),
            attribute_spans=spans,
            uses={label: body.uses[name]} if name in body.uses else {},
        )
        return Site(self.instance, inside, label, label)


def read_module_call(reading: Reading, instance: Instance) -> None:
    """Read the inputs of a call as policies, and as a principal that holds them."""
    call = _Call(reading, instance)
    for name in instance.body.attributes:
        value = given(instance.body, name)
        row = call.rows.get(name, Row(""))
        if name in _META or value is None or not _counts(call, row):
            continue
        reading.passed.append(value)
        if row.becomes == "boundary" or (not row.becomes and _limits(name)):
            call.boundary = call.boundary or _boundary(call, name, value)
        elif row.becomes.startswith("managed:"):
            _managed_by_flag(call, name, row.becomes.partition(":")[2])
        elif not row.becomes.startswith("trust-") and row.becomes != "nothing":
            _by_shape(call, name, value, _DOCUMENTS.get(row.becomes))
    _trust(call)
    if call.inline or call.managed:
        reading.principals.append(_principal(call))


def _counts(call: _Call, row: Row) -> bool:
    """Say whether the input on which a row depends may be true."""
    if not row.only_if:
        return True
    flag = given(call.instance.body, row.only_if)
    return flag is not None and not (isinstance(flag, Scalar) and flag.value is False)


def _managed_by_flag(call: _Call, name: str, policy: str) -> None:
    """Attach a policy of AWS that the module brings itself, unless another one takes its place."""
    value = given(call.instance.body, name)
    others = [i for i, row in call.rows.items() if row.only_if == name]
    if not isinstance(value, Scalar) or value.value is not True:
        return
    if any(given(call.instance.body, other) is not None for other in others):
        return
    arn = Pattern((f"arn:aws:iam::aws:policy/{policy}",))
    span = call.reading.sources.place(call.instance.body, name, value)
    call.managed.append(PolicyReference(arn, span, call.instance.address, when=call.when))


def _by_shape(call: _Call, name: str, value: Value, kind: PolicyKind | None) -> None:
    """Read the documents, statements and ARNs inside an input."""
    statements: list[Found] = []
    for found in shapes(value, name):
        if _limits(found.path):
            continue
        match found.shape:
            case "arn":
                call.managed.append(_reference(call, name, found))
            case "statement":
                statements.append(found)
            case "document":
                _add(call, name, found, kind)
    if statements:
        _add(call, name, _rendered(call, name, statements), kind)


def _limits(path: str) -> bool:
    letters = "".join(c if c.isalnum() else " " for c in path.lower())
    return not _LIMITING.isdisjoint(letters.split())


def _rendered(call: _Call, name: str, statements: list[Found]) -> Found:
    """Render statements as the data source that the module hands them to does."""
    place = call.instance.body.attribute_spans.get(name, call.instance.body.span)
    blocks = tuple(
        ("statement", statement_body(s.value, place)._replace(maybe=bool(s.when)))
        for s in statements
        if isinstance(s.value, Mapping)
    )
    body = Body({}, blocks, place)
    text = document_text(body, call.instance.scope, f"{call.instance.address}.{name}")
    return Found("document", text, name)


def _add(call: _Call, name: str, found: Found, kind: PolicyKind | None) -> None:
    """Add a document to what the module's principal holds, or to the policies that stand alone."""
    at = call.site(name, found.value, found.path)
    noted = len(call.reading.diagnostics)
    policy = policy_at(call.reading, at, kind or "identity")
    if kind is None and policy.value is not None and kind_of(policy.value) != "identity":
        # What is wrong with it as an identity policy is right in what it is.
        del call.reading.diagnostics[noted:]
        policy = policy_at(call.reading, at, kind_of(policy.value))
    policy = guarded(policy, call.when + found.when)
    policy = replace(policy, span=span_of(found.value) or policy.span)
    if policy.kind == "identity" and _holder(call) is not None:
        origin = call.instance.address
        call.inline.append(Attachment(policy, "inline", policy.span, origin))
    else:
        call.reading.policies.append(policy)


def _reference(call: _Call, name: str, found: Found) -> PolicyReference:
    at = call.site(name, found.value, found.path)
    span = literal_span(found.value) or call.reading.sources.place(at.body, at.name, found.value)
    removal = literal_removal(call.reading.sources, found.value) if call.rows else None
    when = call.when + found.when
    arn = pattern_in(at, found.value)
    return PolicyReference(arn, span, call.instance.address, removal, when, at.rests_on)


def _boundary(call: _Call, name: str, value: Value) -> PolicyReference | None:
    """Return the permissions boundary that an input names, the same in every world."""
    found = list(shapes(value, name))
    if len(found) != 1 or found[0].shape != "arn" or found[0].when:
        return None
    return _reference(call, name, found[0])._replace(when=(), removal=None)


def _trust(call: _Call) -> None:
    """Read the principals that a module of the table lets in as one trust policy."""
    rows = {n: row for n, row in call.rows.items() if row.becomes.startswith("trust-")}
    body = trust_body(call.instance, {n: row for n, row in rows.items() if _counts(call, row)})
    if body is None:
        return
    instance = call.instance
    text = document_text(body, instance.scope, f"{instance.address}.trust")
    at = Site(instance, Body({"trust": text}, (), body.span), "trust", "trust")
    policy = guarded(policy_at(call.reading, at, "trust"), call.when)
    call.reading.policies.append(replace(policy, span=body.span))


def _holder(call: _Call) -> PrincipalKind | None:
    """Return the kind of principal that a module of the table makes."""
    made = call.rows.get("")
    return None if made is None else _HOLDERS.get(made.becomes)


def _principal(call: _Call) -> PrincipalDeclaration:
    """Declare who holds what the module attaches; its name is not known."""
    instance, kind = call.instance, _holder(call) or "role"
    name = Symbol(f"{instance.scope}|{instance.address}|name", f"{instance.address} {kind}")
    parts = (
        literal_text("arn:"),
        environment_of(instance, "partition"),
        literal_text(":iam::"),
        environment_of(instance, "account"),
        literal_text(f":{kind}/"),
        Text((name,)),
    )
    return PrincipalDeclaration(
        id=PrincipalId(account_of(instance, call.reading.accounts), kind, Pattern((name,))),
        address=instance.address,
        arn=pattern_of(concat(parts)),
        boundary=call.boundary,
        span=instance.body.span,
        inline=tuple(call.inline),
        managed=tuple(call.managed),
        open=True,
        occurrence=instance.occurrence,
    )
