"""validity/conflicting-elements: elements that AWS takes, but not together or not here.

Sources: "IAM JSON policy elements reference" (each element says with which others it goes), and
"Creating a role using custom trust policies", AWS IAM User Guide.
"""

from collections.abc import Iterator

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written import (
    OF_IDENTITIES,
    Entry,
    element,
    policy_of,
    statements,
)
from leastwise.source.value import Mapping

_PAIRS = ("Principal", "Action", "Resource")


def decide(case: Case) -> tuple[Hit, ...]:
    """Report elements that exclude each other, and those that this kind of policy has not."""
    return reported(_issues(case), case)


def _issues(case: Case) -> Iterator[Issue]:
    kind = policy_of(case).kind
    for written in statements(case):
        found = list(_pairs(written.mapping))
        if kind in OF_IDENTITIES:
            found += _principals(written.mapping)
        if kind == "trust":
            found += _of_trust(written.mapping)
        yield from (issue._replace(statement=written.number) for issue in found)


def _pairs(mapping: Mapping) -> Iterator[Issue]:
    for name in _PAIRS:
        negative = element(mapping, f"Not{name}")
        if negative is not None and element(mapping, name) is not None:
            message = f"a statement of {{subject}} has both {name} and Not{name}"
            yield _issue("UNSUPPORTED_ELEMENT_COMBINATION", message, negative)


def _principals(mapping: Mapping) -> Iterator[Issue]:
    found = element(mapping, "Principal") or element(mapping, "NotPrincipal")
    if found is not None:
        message = (
            "a statement of {subject} names a Principal; identity policies apply to whoever holds"
            " them"
        )
        yield _issue("UNSUPPORTED_PRINCIPAL", message, found)


def _of_trust(mapping: Mapping) -> Iterator[Issue]:
    resource = element(mapping, "Resource") or element(mapping, "NotResource")
    if resource is not None:
        message = "{subject} names a Resource, which is always the role itself"
        yield _issue("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", message, resource)
    principal = element(mapping, "NotPrincipal")
    if principal is not None and element(mapping, "Principal") is None:
        message = "{subject} has NotPrincipal, which trust policies do not take"
        yield _issue("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", message, principal)


def _issue(code: str, message: str, found: Entry) -> Issue:
    return Issue(code, "error", message, found.place)
