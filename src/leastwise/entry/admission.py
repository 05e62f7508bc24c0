"""Say which entry of a Principal element lets a caller in.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from leastwise.iam.arns import is_account, segments, spelled
from leastwise.iam.policy import Pattern, PrincipalEntry, Statement
from leastwise.semantics.model import Caller
from leastwise.semantics.principals import entry_matches


def admits(entry: PrincipalEntry, caller: Caller) -> bool:
    """Say whether an entry surely admits a caller: by name, its account, or a lone star."""
    return entry_matches(entry, caller.type, (caller.name,)) is True


def is_whole_account(pattern: Pattern) -> bool:
    """Say whether an AWS principal is an account: its number, or the ARN of its root."""
    literal = pattern.literal or ""
    return is_account(literal) or literal.endswith(":root")


def is_one_principal(pattern: Pattern) -> bool:
    """Say whether an AWS principal is a role or user, and not an account or everybody."""
    parts = segments(pattern)
    first = parts[5][0] if len(parts) == 6 and parts[5] else ""
    return isinstance(first, str) and first.startswith(("role/", "user/"))


def account_named(pattern: Pattern) -> str | None:
    """Return the account of an AWS principal: a number, or the fifth part of an ARN."""
    literal = pattern.literal
    if literal is not None and is_account(literal):
        return literal
    parts = segments(pattern)
    return spelled(parts[4]) if len(parts) == 6 else None


def is_admitted_by_name(statement: Statement, caller: Caller) -> bool:
    """Say whether what is known of a Principal element admits a caller.

    A NotPrincipal admits whom it does not list.
    """
    principals = statement.principals
    if principals is None:
        return False
    listed = any(admits(entry, caller) for entry in principals.entries)
    return listed != principals.negated
