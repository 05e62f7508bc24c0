"""Tell which caller a text names that the tree does not declare.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from typing import NamedTuple

from leastwise.iam.policy import Pattern, PrincipalEntry, PrincipalType
from leastwise.rules.arns import account_of, is_account
from leastwise.semantics.given import caller_of
from leastwise.semantics.model import CallerPattern
from leastwise.semantics.principals import is_everyone

_ANYONE = frozenset({"*", "anonymous", "anyone", "everyone"})
_CANONICAL_LENGTH = 64
_WORDS: dict[PrincipalType, str] = {"Service": "service ", "Federated": "identity provider "}


class Stranger(NamedTuple):
    """Hold a caller from elsewhere; ``unsigned``: anyone at all, with no identity to show."""

    caller: CallerPattern
    words: str
    unsigned: bool = False


ANYONE = Stranger(CallerPattern("AWS", Pattern(("anonymous",))), "anyone", unsigned=True)
"""Whoever is let in only where everybody is."""


def stranger_of(text: str) -> Stranger | None:
    """Return the caller that a text names by itself, or None when only a tree could say who.

    An account stands for all of it: whom its administrators choose.
    """
    if text.lower() in _ANYONE:
        return ANYONE
    if is_account(text):
        return _account(text)
    number = account_of(Pattern((text,)))
    if number is not None and text.endswith(":root"):
        return _account(number)
    if len(text) == _CANONICAL_LENGTH and all(c in "0123456789abcdef" for c in text):
        return Stranger(CallerPattern("CanonicalUser", Pattern((text,))), f"canonical user {text}")
    kind = caller_of(text).type
    if kind == "AWS" and text.split(":")[2:3] not in (["iam"], ["sts"]):
        return None
    return Stranger(CallerPattern(kind, Pattern((text,))), _WORDS.get(kind, "") + text)


def _account(number: str) -> Stranger:
    root = Pattern((f"arn:aws:iam::{number}:root",))
    return Stranger(CallerPattern("AWS", root), f"account {number}")


def stranger_in(entry: PrincipalEntry) -> Stranger | None:
    """Return whom an entry of a Principal element lets in; None: nobody can say."""
    if is_everyone(entry):
        return ANYONE
    if entry.type in ("*", "Unknown"):
        return None
    literal = entry.pattern.literal
    known = None if literal is None else stranger_of(literal)
    if known is not None and known.caller.type == entry.type:
        return known
    words = _WORDS.get(entry.type, "") + str(entry.pattern)
    return Stranger(CallerPattern(entry.type, entry.pattern), words)
