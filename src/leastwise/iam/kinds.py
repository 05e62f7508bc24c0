"""Tell what kind of policy a document is from what stands in it."""

from collections.abc import Iterator

from leastwise.iam.policy import PolicyKind
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.json_scan import parse_json
from leastwise.source.value import Mapping, Sequence, Text, Value

_TRUST_ACTIONS = frozenset({"sts:*", "sts:tagsession", "sts:setsourceidentity"})
_ASSUME = "sts:assumerole"


def kind_of(value: Value) -> PolicyKind:
    """Tell the kind of a document from its content.

    Trust: every statement has a principal, no resource, and actions that only trust policies
    have. Else ``resource`` when one has a principal, else ``identity``.
    """
    statements = list(_statements(value))
    with_principal = [s for s in statements if s.get("Principal") or s.get("NotPrincipal")]
    if not with_principal:
        return "identity"
    if len(with_principal) == len(statements) and all(map(_is_trust, statements)):
        return "trust"
    return "resource"


def has_statements(value: Value) -> bool:
    """Say whether a document, or the JSON text of one, is seen to have the element Statement."""
    decoded = value
    if isinstance(value, Text):
        parsed = parse_json(value, path="")
        decoded = value if isinstance(parsed, Diagnostic) else parsed
    return isinstance(decoded, Mapping) and decoded.get("Statement") is not None


def _statements(value: Value) -> Iterator[Mapping]:
    statement = value.get("Statement") if isinstance(value, Mapping) else None
    items = statement.items if isinstance(statement, Sequence) else (statement,)
    yield from (item for item in items if isinstance(item, Mapping))


def _is_trust(statement: Mapping) -> bool:
    if statement.get("Resource") is not None or statement.get("NotResource") is not None:
        return False
    action = statement.get("Action")
    actions = action.items if isinstance(action, Sequence) else (action,)
    return bool(actions) and all(
        isinstance(item, Text) and is_trust_action(item.literal) for item in actions
    )


def is_trust_action(name: str | None) -> bool:
    """Say whether only trust policies have this action; one that is not known is none."""
    lower = (name or "").lower()
    return lower in _TRUST_ACTIONS or lower.startswith(_ASSUME)
