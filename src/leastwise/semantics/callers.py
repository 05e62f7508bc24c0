"""List the callers that can make a difference to Principal elements.

For an identity policy there is one: its holder. For a trust or resource policy there is one
per entry (the principal itself, or a role in the account that is named), and a stranger of every
type; the question may narrow them.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from leastwise.iam.policy import Pattern, PrincipalEntry, PrincipalType
from leastwise.semantics.automaton import join, join_tokens
from leastwise.semantics.candidates import Nature, elements
from leastwise.semantics.conditions import key_of
from leastwise.semantics.pattern import Pieces, Token, arn_segments, tokenize, widen
from leastwise.semantics.principals import account_of, account_of_arn, is_everyone
from leastwise.semantics.readings import matches
from leastwise.semantics.space import Space
from leastwise.semantics.terms import TermRow

_LONGEST = 2048
"""Characters of an ARN: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyDetail.html"""
STRANGER = "999999999999"
UNNAMED = "that-nobody-names"
"""Ends names that no policy uses, so that only a wildcard lets them in."""
_PRINCIPAL_ARN = "aws:principalarn"
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

_OTHER_STRANGERS: tuple[tuple[PrincipalType, str], ...] = (
    ("CanonicalUser", "9" * 64),
    ("AWS", f"arn:aws:sts::{STRANGER}:assumed-role/stranger/session"),
)


class Named(NamedTuple):
    """Hold a caller: its element type and name; ``exact``: not one for many of its kind."""

    type: PrincipalType
    name: Pieces
    exact: bool = True


def callers(space: Space, action: str, terms: TermRow) -> Iterator[Named]:
    """Yield callers, as element type and name, that the question admits.

    In the untyped space any caller makes any call, and one who stands for many may have any
    aws:PrincipalArn. In the typed space there is one for each ARN that conditions tell apart.
    """
    if not space.trust:
        yield Named("AWS", space.holder.name)
        return
    asked = space.question.principal
    if asked is not None and _is_too_long(tokenize(asked.name.pieces) or ()):
        return
    admitted = callers_of(action) if space.typed else None
    for caller in dict.fromkeys(_all(space, terms)):
        if admitted is not None and caller.type not in admitted:
            continue
        if _asked_for(space, caller.type, caller.name):
            yield caller._replace(exact=caller.exact or space.typed)


def callers_of(action: str) -> tuple[str, ...] | None:
    """Return the types of caller that an action can have, None: all."""
    return _BY_TOKEN.get(action.lower())


def _all(space: Space, terms: TermRow) -> Iterator[Named]:
    asked = space.question.principal
    if asked is not None:
        row = tokenize(asked.name.pieces) or ()
        if "*" not in "".join(p for p in asked.name.pieces if isinstance(p, str)):
            yield Named("AWS" if asked.type == "*" else asked.type, join_tokens(row))
    named: dict[Named, None] = {}
    for term in terms:
        principals = term.statement.principals
        for entry in principals.entries if principals is not None else ():
            if not is_everyone(entry):
                named.update(dict.fromkeys(_of_entry(entry)))
    yield from named
    yield from (Named(kind, (name,), exact=False) for kind, name in _STRANGERS)
    if space.typed:
        yield from _told_apart(space, named, terms)
    else:
        yield from _members(named)
        yield from (Named(kind, (name,), exact=False) for kind, name in _OTHER_STRANGERS)
    if asked is not None:
        for name in dict.fromkeys((_as_role(asked.name.pieces), asked.name.pieces)):
            made_up = tuple(
                p.replace("*", "example").replace("?", "x") if isinstance(p, str) else p
                for p in name
            )
            yield Named("AWS" if asked.type == "*" else asked.type, made_up)


def _as_role(asked: Pieces) -> Pieces:
    """Ask for a role where any principal of an account is asked for."""
    last = asked[-1] if asked else ""
    if not isinstance(last, str) or not last.endswith(":*"):
        return asked
    return (*asked[:-1], f"{last[:-1]}role/*")


def _of_entry(entry: PrincipalEntry) -> Iterator[Named]:
    kind: PrincipalType = "AWS" if entry.type in ("*", "Unknown") else entry.type
    row = tokenize(entry.pattern.pieces, plain=True) or ()
    if _is_too_long(row):
        return
    account = account_of(row) if kind == "AWS" else None
    if account is not None:
        yield Named(kind, ("arn:aws:iam::", *join_tokens(account), ":role/example"), exact=False)
    yield Named(kind, entry.pattern.pieces)


def _is_too_long(row: Iterable[Token]) -> bool:
    """Say that nobody has such a name. SOUND: no ARN has so many characters."""
    return sum(isinstance(token, str) for token in row) > _LONGEST


def _members(named: Iterable[Named]) -> Iterator[Named]:
    """Yield who else principals stand for: sessions of roles, others of their accounts."""
    for caller in named:
        segments = arn_segments(tokenize(caller.name, plain=True) or ())
        if caller.type != "AWS" or len(segments) < 6:
            continue
        account, name = join_tokens(segments[4]), segments[5]
        yield Named("AWS", ("arn:aws:iam::", *account, ":role/example"), exact=False)
        if name[:5] == list("role/"):
            while "/" in name:
                name = name[name.index("/") + 1 :]
            session = (":assumed-role/", *join_tokens(name), "/session")
            yield Named("AWS", join(("arn:aws:sts::", *account, *session)), exact=False)


def _told_apart(space: Space, named: Iterable[Named], terms: TermRow) -> Iterator[Named]:
    """Yield callers whose ARNs the conditions on aws:PrincipalArn tell apart, by account.

    What the question asks for is one more of these: it may name an account that nobody else does.
    """
    tested = dict.fromkeys(
        (c, t.lookup) for t in terms for c in t.conditions if key_of(c) == _PRINCIPAL_ARN
    )
    if not tested:
        return
    accounts = [account_of_arn(tokenize(caller.name, plain=True) or ()) for caller in named]
    globs = [Pattern(("arn:aws:iam::", *join_tokens(a), ":*")) for a in accounts if a]
    asked = space.question.principal
    globs += [] if asked is None or asked.type not in ("AWS", "*") else [asked.name]
    for required in ((), *((Pattern(join(p.pieces)),) for p in dict.fromkeys(globs))):
        for value in elements(tuple(tested), required, Nature(), space.effort).found:
            if len(arn_segments(tokenize(value, plain=True) or ())) == 6:
                yield Named("AWS", value)


def _asked_for(space: Space, kind: PrincipalType, name: Pieces) -> bool:
    asked = space.question.principal
    if asked is None:
        return True
    if asked.type != kind and not (asked.type == "*" and kind == "AWS"):
        return False
    row = tokenize(asked.name.pieces) or ()
    truth = matches(row, widen(row), name)
    return truth is True or (truth is None and space.wide)
