"""Tell which callers the tree does not declare, by their names and in policies: outsiders.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from leastwise.api.carriers import Carrier
from leastwise.api.naming import spells
from leastwise.iam.arns import Pieces, account_of, is_account, segments, spelled
from leastwise.iam.policy import Pattern, PolicyDocument, PrincipalEntry, PrincipalType, Statement
from leastwise.iam.project import Project
from leastwise.semantics.given import caller_of
from leastwise.semantics.model import CallerPattern
from leastwise.semantics.principals import is_everyone

_ANYONE = frozenset({"*", "anonymous", "anyone", "everyone"})
_CANONICAL_LENGTH = 64
_WORDS: dict[PrincipalType, str] = {"Service": "service ", "Federated": "identity provider "}


class Outsider(NamedTuple):
    """Hold a caller from elsewhere; ``unsigned``: anyone at all, with no identity to show."""

    caller: CallerPattern
    words: str
    unsigned: bool = False


ANYONE = Outsider(CallerPattern("AWS", Pattern(("anonymous",))), "anyone", unsigned=True)
"""Whoever is let in only where everybody is."""


def outsider_of(text: str) -> Outsider | None:
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
        return Outsider(CallerPattern("CanonicalUser", Pattern((text,))), f"canonical user {text}")
    kind = caller_of(text).type
    if kind == "AWS" and text.split(":")[2:3] not in (["iam"], ["sts"]):
        return None
    return Outsider(CallerPattern(kind, Pattern((text,))), _WORDS.get(kind, "") + text)


def _account(number: str) -> Outsider:
    root = Pattern((f"arn:aws:iam::{number}:root",))
    return Outsider(CallerPattern("AWS", root), f"account {number}")


def outsider_in(entry: PrincipalEntry) -> Outsider | None:
    """Return whom an entry of a Principal element lets in; None: nobody can say."""
    if is_everyone(entry):
        return ANYONE
    if entry.type in ("*", "Unknown"):
        return None
    literal = entry.pattern.literal
    known = None if literal is None else outsider_of(literal)
    if known is not None and known.caller.type == entry.type:
        return known
    words = _WORDS.get(entry.type, "") + str(entry.pattern)
    return Outsider(CallerPattern(entry.type, entry.pattern), words)


def outsiders_only(
    document: PolicyDocument, names: Sequence[str], project: Project, carrier: Carrier
) -> PolicyDocument:
    """Return a document whose Allow statements name outsiders only, but for those of ``names``.

    The principals of the tree are judged by themselves, with all their policies: an entry for
    one of them, or for the account they are in, says nothing about others. A statement without
    any outsider grants nothing; the numbers of statements stay.
    """
    accounts = _own_accounts(project, carrier)

    def kept(entry: PrincipalEntry) -> bool:
        written = str(entry.pattern)
        parts = segments(entry.pattern)
        account = parts[4] if len(parts) == 6 else entry.pattern.pieces
        if written in names or spelled(account) in names:
            return False
        root = len(parts) != 6 or spelled(parts[5]) == "root"
        if entry.type == "AWS" and root and account in accounts:
            return False
        return not any(spells(p.arn, written) or p.arn == entry.pattern for p in project.principals)

    def cut(statement: Statement) -> Statement:
        principals = statement.principals
        if statement.effect == "Deny" or principals is None or principals.negated:
            return statement
        entries = tuple(filter(kept, principals.entries))
        return replace(statement, principals=replace(principals, entries=entries))

    return replace(document, statements=tuple(map(cut, document.statements)))


def _own_accounts(project: Project, carrier: Carrier) -> set[Pieces]:
    """Return the accounts of the tree's principals and of the resource, as pieces."""
    arns = [p.arn for p in project.principals]
    if carrier.arn is not None:
        arns.append(carrier.arn)
    found = {parts[4] for arn in arns if len(parts := segments(arn)) == 6}
    found |= {(p.id.account.number,) for p in project.principals if p.id.account.number}
    return {account for account in found if account}
