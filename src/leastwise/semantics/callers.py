"""List the callers that can make a difference to Principal elements.

For an identity policy there is one: its holder. For a trust or resource policy there is one
per entry (the principal itself, or a role in the account that is named), and a stranger of every
type; the question may narrow them.
"""

from collections.abc import Iterator

from leastwise.iam.policy import PrincipalEntry, PrincipalType
from leastwise.semantics.pattern import Pieces, matches, tokenize, widen
from leastwise.semantics.principals import account_of, is_everyone
from leastwise.semantics.space import Space
from leastwise.semantics.terms import TermRow, join_tokens

STRANGER = "999999999999"
_STRANGERS: tuple[tuple[PrincipalType, str], ...] = (
    ("AWS", f"arn:aws:iam::{STRANGER}:role/stranger"),
    ("Federated", "example.com"),
    ("Service", "example.amazonaws.com"),
)
_BY_TOKEN = {
    "sts:assumerolewithwebidentity": ("Federated",),
    "sts:assumerolewithsaml": ("Federated",),
    "sts:assumerole": ("AWS", "Service"),
}
"""Which callers each call can have: a token from a provider, or AWS credentials."""

Named = tuple[PrincipalType, Pieces]


def callers(space: Space, action: str, terms: TermRow) -> Iterator[Named]:
    """Yield callers, as element type and name, that the question admits."""
    if not space.trust:
        arn = space.holder.arn
        yield "AWS", arn.pieces if arn is not None else _holder_name(space)
        return
    admitted = callers_of(action)
    for kind, name in dict.fromkeys(_all(space, terms)):
        if (admitted is None or kind in admitted) and _asked_for(space, kind, name):
            yield kind, name


def callers_of(action: str) -> tuple[str, ...] | None:
    """Return the types of caller that an action can have, None: all."""
    return _BY_TOKEN.get(action.lower())


def _holder_name(space: Space) -> Pieces:
    kind = "user" if space.holder.kind in ("user", "group") else "role"
    return (f"arn:aws:iam::123456789012:{kind}/example",)


def _all(space: Space, terms: TermRow) -> Iterator[Named]:
    asked = space.question.principal
    if asked is not None:
        row = tokenize(asked.name.pieces) or ()
        if "*" not in "".join(p for p in asked.name.pieces if isinstance(p, str)):
            yield ("AWS" if asked.type == "*" else asked.type), join_tokens(row)
    for term in terms:
        principals = term.statement.principals
        for entry in principals.entries if principals is not None else ():
            if not is_everyone(entry):
                yield from _of_entry(entry)
    yield from ((kind, (name,)) for kind, name in _STRANGERS)
    if asked is not None:
        name = tuple(
            p.replace("*", "example").replace("?", "x") if isinstance(p, str) else p
            for p in asked.name.pieces
        )
        yield ("AWS" if asked.type == "*" else asked.type), name


def _of_entry(entry: PrincipalEntry) -> Iterator[Named]:
    kind: PrincipalType = "AWS" if entry.type in ("*", "Unknown") else entry.type
    row = tokenize(entry.pattern.pieces, plain=True) or ()
    account = account_of(row) if kind == "AWS" else None
    if account is not None:
        yield kind, ("arn:aws:iam::", *join_tokens(account), ":role/example")
    yield kind, entry.pattern.pieces


def _asked_for(space: Space, kind: PrincipalType, name: Pieces) -> bool:
    asked = space.question.principal
    if asked is None:
        return True
    if asked.type != kind and not (asked.type == "*" and kind == "AWS"):
        return False
    row = tokenize(asked.name.pieces) or ()
    truth = matches(row, widen(row), name)
    return truth is True or (truth is None and space.wide)
