"""Match who makes a request against Principal and NotPrincipal elements.

Rules (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html):
a lone ``*`` is everybody; an account number or its ``root`` ARN is every principal of the
account; a role ARN covers the role's sessions; wildcards inside a name match nothing.

NotPrincipal with Deny spares a caller for sure only when its account is listed with the user, or
with the role of a session (reference_policies_elements_notprincipal.html); where only some are,
it is not decided. Not decided either: whether an account has a canonical user id of S3, and
which user stands behind a federated user session, whose name the caller chose.
"""

from collections.abc import Iterable

from leastwise.iam.policy import PrincipalEntry, Principals, PrincipalType, Statement
from leastwise.semantics.pattern import Pieces, Token, Tokens, arn_segments, tokenize, widen
from leastwise.semantics.readings import matches
from leastwise.semantics.truth import Truth, any_of, negate
from leastwise.source.value import Symbol


def principal_matches(
    statement: Statement, kind: PrincipalType, name: Pieces, *, bounded: bool = False
) -> Truth:
    """Match a caller against a statement; one without Principal applies to its holder.

    ``bounded``: the caller has a permissions boundary, and then NotPrincipal with Deny spares it
    whatever it lists never (access_policies_boundaries.html).
    """
    principals = statement.principals
    if principals is None:
        return True
    verdicts = [entry_matches(entry, kind, name) for entry in principals.entries]
    if principals.tail is not None:
        verdicts.append(None)
    listed = any_of(verdicts)
    if not principals.negated:
        return listed
    if statement.effect == "Allow" or kind != "AWS" or listed is False:
        return negate(listed)
    if bounded:
        return True if statement.effect == "Deny" else None
    return False if _spared(principals.entries, name) else None


def is_everyone(entry: PrincipalEntry) -> bool:
    """Tell whether an entry is the lone ``*``, spelled either way."""
    return entry.type in ("*", "AWS") and entry.pattern.literal == "*"


def is_nameless(principals: Principals | None) -> bool:
    """Tell whether the type of some entry is not known: equal elements may then differ."""
    return principals is not None and any(e.type == "Unknown" for e in principals.entries)


def entry_matches(entry: PrincipalEntry, kind: PrincipalType, name: Pieces) -> Truth:
    """Match a caller (its element type, and its ARN or name) against one entry."""
    if is_everyone(entry):
        return True
    if entry.type == "Unknown":
        return None
    if entry.type != kind:
        return None if (entry.type, kind) == ("CanonicalUser", "AWS") else False
    row = tokenize(entry.pattern.pieces, plain=True) or ()
    if kind != "AWS":
        wildcard = any(isinstance(p, str) and "*" in p for p in entry.pattern.pieces)
        return None if wildcard else matches(row, widen(row), name)
    return _aws_matches(row, name)


def _aws_matches(row: Tokens, name: Pieces) -> Truth:
    caller = tokenize(name, plain=True) or ()
    if row == caller:
        return True
    account = account_of(row)
    if account is not None:
        return _same(account, account_of_arn(caller))
    if is_session(caller):
        return _role_of_session(row, caller)
    if _has_part(caller, "federated-user/") and _has_part(row, "user/"):
        return None if _same(account_of_arn(row), account_of_arn(caller)) is not False else False
    return matches(row, widen(row), name)


def account_of(row: Tokens) -> Tokens | None:
    """Return the account an entry names as a whole (12 digits, or ``...:root``), else None."""
    if len(row) == 12 and all(isinstance(t, str) and t.isdigit() for t in row):
        return row
    segments = arn_segments(row)
    if len(segments) == 6 and segments[5] == list("root"):
        return tuple(segments[4])
    if len(row) == 1 and isinstance(row[0], Symbol) and row[0].glob == "?" * 12:
        return row
    return None


def account_of_arn(row: Tokens) -> Tokens:
    """Return the account part of an ARN, empty when there is none."""
    segments = arn_segments(row)
    return tuple(segments[4]) if len(segments) == 6 else ()


def _same(left: Tokens, right: Tokens) -> Truth:
    if left == right:
        return True
    if any(isinstance(t, Symbol) for t in (*left, *right)):
        return None
    return False


def _has_part(row: Tokens, start: str) -> bool:
    """Tell how the sixth part of an ARN starts."""
    segments = arn_segments(row)
    return len(segments) == 6 and segments[5][: len(start)] == list(start)


def is_session(row: Tokens) -> bool:
    """Tell whether the ARN of a caller is that of a role's session."""
    return _has_part(row, "assumed-role/")


def _role_of_session(row: Tokens, caller: Tokens) -> Truth:
    entry, session = arn_segments(row), arn_segments(caller)
    if len(entry) < 6 or entry[5][:5] != list("role/"):
        return None if any(isinstance(t, Symbol) for t in row) else False
    written = _last(entry[5], "/")
    name = tuple(session[5][13:])
    name = name[: name.index("/")] if "/" in name else name
    if not _in_one_partition(entry, session):
        return False
    if written == name:
        return _same(tuple(entry[4]), tuple(session[4]))
    return None if any(isinstance(t, Symbol) for t in (*written, *name)) else False


def _in_one_partition(entry: list[list[Token]], session: list[list[Token]]) -> bool:
    """Tell whether an entry is an IAM ARN of the session's partition; a symbol stands for it."""
    if entry[0] != session[0] or entry[2] != list("iam"):
        return False
    partitions = (*entry[1], *session[1])
    return entry[1] == session[1] or any(isinstance(t, Symbol) for t in partitions)


def _last(row: Iterable[Token], separator: str) -> Tokens:
    tokens = list(row)
    while separator in tokens:
        tokens = tokens[tokens.index(separator) + 1 :]
    return tuple(tokens)


def _spared(entries: tuple[PrincipalEntry, ...], name: Pieces) -> bool:
    """Tell whether NotPrincipal lists the caller, or its role, and its account as well."""
    if any(map(is_everyone, entries)):
        return True
    caller = tokenize(name, plain=True) or ()
    account = account_of_arn(caller)
    rows = [tokenize(e.pattern.pieces, plain=True) or () for e in entries if e.type == "AWS"]
    if not any(account_of(row) == account for row in rows):
        return False
    if is_session(caller):
        return any(_role_of_session(row, caller) for row in rows)
    return caller in rows
