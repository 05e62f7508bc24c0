"""validity/invalid-principal and validity/principal-by-id: principals that AWS can't resolve.

Sources: "AWS JSON policy elements: Principal" and "IAM identifiers" (unique ids), AWS IAM User
Guide. Endpoint policies are left out: they take what other policies do not.
"""

from collections.abc import Iterator

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written import (
    Entry,
    element,
    policy_of,
    principals,
    statements,
)
from leastwise.source.text import display, span_of
from leastwise.source.value import Chars, Mapping, Sequence, Text

_TYPES = {name.lower(): name for name in ("AWS", "CanonicalUser", "Federated", "Service")}
_IDS = {"AROA": ("INVALID_ROLE_REFERENCE", "role"), "AIDA": ("INVALID_USER_REFERENCE", "user")}
_PROVIDERS = ("saml-provider/", "oidc-provider/")


def decide(case: Case) -> tuple[Hit, ...]:
    """Report principals that are not written as AWS wants them."""
    return reported(_issues(case), case)


def decide_ids(case: Case) -> tuple[Hit, ...]:
    """Report principals that are named by a unique id: AWS leaves those of deleted ones."""
    found = (
        issue._replace(statement=written.number)
        for written in statements(case)
        for kind, name in principals(written.mapping)
        for issue in _by_id(kind, name)
    )
    return reported(found, case)


def _issues(case: Case) -> Iterator[Issue]:
    kind = policy_of(case).kind
    if kind not in ("trust", "resource"):
        return
    for written in statements(case):
        found = list(_format(written.mapping))
        for principal, name in principals(written.mapping):
            found += _wildcard(principal, name)
            if principal.literal == "Federated":
                found += _federated(name) if kind == "trust" else _unsupported(name)
        if kind == "trust":
            found += _anyone(written.mapping)
        yield from (issue._replace(statement=written.number) for issue in found)


def _format(mapping: Mapping) -> Iterator[Issue]:
    for name in ("Principal", "NotPrincipal"):
        found = element(mapping, name)
        if found is None:
            continue
        value = found.value
        literal = value.literal if isinstance(value, Text) else None
        if isinstance(value, Sequence) or (literal is not None and literal != "*"):
            what = "a list" if literal is None else repr(literal)
            message = f"the {name} of {{subject}} is {what}, not '*' or an object of types"
            yield Issue("INVALID_PRINCIPAL_FORMAT", "error", message, found.place, key=(what,))
        if isinstance(value, Mapping):
            yield from (i for key, names in value.entries for i in _type(Entry(key, names)))


def _type(entry: Entry) -> Iterator[Issue]:
    literal = entry.key.literal
    if literal is None or literal in _TYPES.values():
        return
    meant = _TYPES.get(literal.lower())
    hint = f"write {meant!r}" if meant else f"there are {', '.join(_TYPES.values())}"
    message = f"{{subject}} names principals of the type {literal!r}, which is none: {hint}"
    place = span_of(entry.key) or entry.place
    yield Issue("INVALID_PRINCIPAL_KEY", "error", message, place, key=(literal,))


def _wildcard(kind: Text, name: Text) -> Iterator[Issue]:
    if kind.literal not in _TYPES.values() or (kind.literal == "AWS" and name.literal == "*"):
        return
    known = "".join(piece.text for piece in name.pieces if isinstance(piece, Chars))
    if "*" in _without_variables(known) or "?" in _without_variables(known):
        message = (
            f"{{subject}} names the principal {display(name)!r}; AWS takes no wildcard inside of a"
            " principal"
        )
        code = "UNSUPPORTED_WILDCARD_IN_PRINCIPAL"
        yield Issue(code, "error", message, span_of(name), key=(display(name),))


def _without_variables(text: str) -> str:
    """Leave out ``${*}`` and the like: that variables do not belong here is another check."""
    before, opened, rest = text.partition("${")
    _, closed, after = rest.partition("}")
    return before + _without_variables(after) if opened and closed else text


def _federated(name: Text) -> Iterator[Issue]:
    literal = name.literal
    if literal is None or "*" in literal or "?" in literal or "${" in literal:
        return
    parts = literal.split(":", 5)
    if literal.startswith("arn:"):
        fits = len(parts) == 6 and parts[2] == "iam" and parts[5].startswith(_PROVIDERS)
    else:
        fits = "." in literal and not any(c in ":/ " for c in literal)
    if not fits:
        message = (
            f"{{subject}} names the identity provider {literal!r}, which is neither a domain nor"
            " the ARN of a SAML or OIDC provider"
        )
        code = "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY"
        yield Issue(code, "error", message, span_of(name), key=(literal,))


def _unsupported(name: Text) -> Iterator[Issue]:
    message = (
        f"{{subject}} names the identity provider {display(name)!r}; only trust policies of roles"
        " take such a principal"
    )
    code = "FEDERATED_PRINCIPAL_NOT_SUPPORTED"
    yield Issue(code, "warning", message, span_of(name), key=(display(name),))


def _anyone(mapping: Mapping) -> Iterator[Issue]:
    """Tell ``"*"`` alone, which ``{"AWS": "*"}`` is not; who may enter is a question of trust."""
    found = element(mapping, "Principal")
    literal = found.value.literal if found and isinstance(found.value, Text) else None
    if found is not None and literal == "*":
        message = "the Principal of {subject} is '*', which trust policies of roles do not take"
        code = "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"
        yield Issue(code, "note", message, found.place)


def _by_id(kind: Text, name: Text) -> Iterator[Issue]:
    literal = name.literal or ""
    if kind.literal != "AWS" or literal[:4] not in _IDS or not literal.isalnum():
        return
    code, what = _IDS[literal[:4]]
    message = (
        f"{{subject}} names a {what} by its unique id {literal}, as AWS does where the {what} was"
        " deleted"
    )
    yield Issue(code, "warning", message, span_of(name), key=(literal,))
