"""ARNs of a subject and its surroundings, put together from pieces that may be unknown."""

from dataclasses import replace
from typing import TypeAlias

from leastwise.iam.policy import Pattern, PolicyDocument
from leastwise.source.value import Symbol

Pieces: TypeAlias = tuple[str | Symbol, ...]

_ANY_ACCOUNT = "?" * 12


def segments(pattern: Pattern) -> list[Pieces]:
    """Split a pattern at its first five colons; a symbol is taken to hold none."""
    found: list[list[str | Symbol]] = [[]]
    for piece in pattern.pieces:
        if isinstance(piece, Symbol):
            found[-1].append(piece)
            continue
        parts = piece.split(":", 6 - len(found)) if len(found) < 6 else [piece]
        for number, part in enumerate(parts):
            if number:
                found.append([])
            if part:
                found[-1].append(part)
    return [tuple(segment) for segment in found]


def spelled(pieces: Pieces) -> str | None:
    """Return a segment's characters when all are known."""
    return "".join(str(p) for p in pieces) if all(isinstance(p, str) for p in pieces) else None


def joined(pieces: Pieces) -> Pattern:
    """Make a pattern of pieces, merging adjacent strings."""
    merged: list[str | Symbol] = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        elif piece != "":
            merged.append(piece)
    return Pattern(tuple(merged))


def sibling(own: Pattern, path: str, *, account: str | None = None) -> Pattern:
    """Return the ARN ``path`` (``role/*``) in the account and partition of ``own``.

    Where the own ARN is not spelled out in six parts, the account is any account number.
    """
    parts = segments(own)
    complete = len(parts) == 6
    partition: Pieces = parts[1] if complete else ("*",)
    number: Pieces = parts[4] if complete else (_ANY_ACCOUNT,)
    if account is not None:
        number = (account,)
    return in_an_account(joined(("arn:", *partition, ":iam::", *number, ":", path)))


def partition_of(arn: Pattern) -> str | None:
    """Return the partition that an ARN of six parts spells, or None."""
    parts = segments(arn)
    return spelled(parts[1]) if len(parts) == 6 else None


def is_open(arn: Pattern) -> bool:
    """Say whether an ARN is spelled out in six parts but for its partition."""
    parts = segments(arn)
    return len(parts) == 6 and spelled(parts[1]) is None


def with_partition(arn: Pattern, partition: str) -> Pattern:
    """Return the ARN in a partition."""
    parts = segments(arn)
    rest: list[str | Symbol] = []
    for part in parts[2:]:
        rest += [":", *part]
    return joined(("arn:", partition, *rest))


def in_an_account(arn: Pattern) -> Pattern:
    """Hold an unknown account to numbers, so that it is not the ``aws`` of AWS's own ARNs."""
    parts = segments(arn)
    if len(parts) != 6 or not any(isinstance(p, Symbol) and p.glob == "*" for p in parts[4]):
        return arn
    parts[4] = tuple(map(_narrowed, parts[4]))
    return joined(tuple(p for i, part in enumerate(parts) for p in ((":",) * (i > 0) + part)))


def _narrowed(piece: str | Symbol) -> str | Symbol:
    if isinstance(piece, Symbol) and piece.glob == "*":
        return replace(piece, glob=_ANY_ACCOUNT)
    return piece


def account_of(own: Pattern) -> str | None:
    """Return the 12-digit account of an ARN when it is spelled out."""
    parts = segments(own)
    number = spelled(parts[4]) if len(parts) == 6 else None
    return number if number is not None and is_account(number) else None


def is_account(text: str) -> bool:
    """Say whether text is a 12-digit account number."""
    return len(text) == 12 and text.isascii() and text.isdigit()


def resource_part(arn: str) -> str:
    """Return the sixth part of a spelled ARN, or all of a string that has fewer."""
    return arn.split(":", 5)[-1]


def named_accounts(document: PolicyDocument) -> tuple[str, ...]:
    """List the account numbers that IAM ARNs in the Resource elements name, in order."""
    found: list[str] = []
    for statement in document.statements:
        for glob in statement.resources.globs if statement.resources is not None else ():
            parts = segments(glob)
            if len(parts) == 6 and spelled(parts[2]) == "iam":
                number = spelled(parts[4])
                if number is not None and is_account(number):
                    found.append(number)
    return tuple(dict.fromkeys(found))
