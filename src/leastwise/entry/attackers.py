"""Say who can enter a role: its trust policy put to an outsider, other tenants, the own account.

Each Allow is asked by itself, with every Deny of the document:

- *an outsider*: a principal of an account in no organization, that sets each key that a caller
  can set, and that has none of those that AWS sets about it (account, ARN, organization, network);
- *a named account of others*, with and without what keeps its other customers out: an external
  id that the policy names, a second factor, an organization;
- *any principal of the own account* that no policy names, untagged and without second factor.

Which keys a caller can set:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

What is not modelled: the caller's own policies, which have to allow it too.
"""

from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Literal, NamedTuple, TypeAlias

from leastwise.config.model import Config
from leastwise.entry.admission import account_named, is_whole_account
from leastwise.entry.asked_trust import (
    ASSUME,
    MOST_NAMES,
    NO_NETWORK,
    NO_SERVICE,
    Part,
    admits_unnamed,
    ask,
    asked,
    entries,
    member,
    member_of,
    networks,
    of_account,
    of_entries,
    one,
    organizations,
    outsider,
    own_account,
    partitions,
    placed,
    spelled_partition,
    strangers,
    tag_keys,
    unknown_organization,
)
from leastwise.entry.claims import of_a_stranger
from leastwise.entry.friends import Friends, friends_of, is_trusted
from leastwise.entry.tokens import accepted
from leastwise.entry.tokens import ask as put
from leastwise.iam.arns import is_account, joined, segments
from leastwise.iam.policy import Pattern, PrincipalEntry
from leastwise.iam.project import Policy, Principal
from leastwise.semantics.callers import UNNAMED
from leastwise.semantics.known import in_place, known_part, only_statement, restored
from leastwise.semantics.model import Answer, CallerPattern, RequestPattern

WayKind: TypeAlias = Literal[
    "anyone",
    "network",
    "foreign-tenant",
    "tenant",
    "foreign-account",
    "organization",
    "own-account",
    "principal",
    "service",
]

_MOST_STATEMENTS = 32
"""Allow statements asked one by one; a longer document is asked as a whole."""
_OUTSIDE = ("anyone", "foreign-tenant")


class WayIn(NamedTuple):
    """Hold one way into a role: who, and the answer whose witness shows it.

    ``who`` is an account number, an organization's id, or a principal, service or provider as
    written; empty for anyone. ``whole``: every principal of that account. ``own``: whether the
    account or organization is known to be the team's (True) or another's (False), None: not
    known. ``unguarded`` is the answer for a foreign account that proves neither its customer (an
    external id that the policy names) nor a second factor. ``entry`` is the principal as written.
    """

    kind: WayKind
    answer: Answer
    who: str = ""
    whole: bool = False
    own: bool | None = None
    unguarded: Answer | None = None
    entry: PrincipalEntry | None = None


def ways_in(trust: Policy, config: Config, own: Principal | None) -> tuple[WayIn, ...]:
    """List who can assume a role, the widest way of each Allow first.

    Accounts and principals that the configuration calls its own or trusts are no ways in.
    """
    arn = Pattern(()) if own is None else own.arn
    return _ways_in(trust, arn, friends_of(config))


def is_entered_from_outside(principal: Principal, config: Config) -> bool:
    """Say whether strangers surely enter a role: anyone, another tenant, an unguarded account."""
    if principal.trust is None:
        return False
    return any(is_from_outside(way) for way in ways_in(principal.trust, config, principal))


def is_from_outside(way: WayIn) -> bool:
    """Say whether a way in is surely open to strangers."""
    if way.kind in _OUTSIDE:
        return way.answer.certainty == "proven"
    guard = way.unguarded
    return way.own is False and guard is not None and guard.certainty == "proven"


@lru_cache(maxsize=2048)
def _ways_in(trust: Policy, arn: Pattern, friends: Friends) -> tuple[WayIn, ...]:
    cut = known_part(trust)
    found: list[WayIn] = []
    for part in _parts(cut, arn, friends):
        ways = [w for w in _of_part(part) if not _is_told(w, found)]
        found += [_as_of(way, cut, part.policy) for way in ways]
    return tuple(found)


def _is_told(way: WayIn, found: list[WayIn]) -> bool:
    """Tell whether the same way is open already, by a whole document that was asked before."""
    return any(
        (w.kind, w.who, w.answer.deciding) == (way.kind, way.who, way.answer.deciding)
        for w in found
    )


def _as_of(way: WayIn, policy: Policy, part: Policy) -> WayIn:
    guard = way.unguarded
    return way._replace(
        answer=restored(way.answer, policy, part),
        unguarded=None if guard is None else restored(guard, policy, part),
    )


def _parts(trust: Policy, arn: Pattern, friends: Friends) -> Iterator[Part]:
    rows = [(i, s) for i, s in enumerate(trust.document.statements) if s.effect == "Allow"]
    if len(rows) == 1 or len(rows) > _MOST_STATEMENTS:
        yield Part(trust, tuple(s for _, s in rows), arn, friends)
        return
    for index, statement in rows:
        yield Part(only_statement(trust, index), (statement,), arn, friends)


def _of_part(part: Part) -> Iterator[WayIn]:
    if _concerns_callers(part):
        everyone = _anyone(part)
        yield from everyone
        if not everyone:
            yield from _foreign_accounts(part)
            own = _own_account(part)
            yield from own
            if not own:
                yield from _named_principals(part)
    yield from _of_kind(part, "Service", "service", (ASSUME,))
    yield from _foreign_tenants(part)
    yield from _of_kind(
        part, "Federated", "tenant", ("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")
    )


def _concerns_callers(part: Part) -> bool:
    """Tell quickly whether a Principal element may name callers with AWS credentials."""
    rows = [s.principals for s in part.statements if s.principals is not None]
    return any(
        p.negated or p.tail is not None or any(e.type in ("AWS", "*", "Unknown") for e in p.entries)
        for p in rows
    )


# --- an outsider --------------------------------------------------------------------------------


def _anyone(part: Part) -> list[WayIn]:
    """Ask for an outsider, then for one that lies in an organization or a network."""
    limited: list[WayIn] = []
    if not admits_unnamed(part, None):
        return []
    for partition in partitions(part):
        for stranger in strangers(part, partition):
            answer = _unvouched(part, stranger)
            if answer is not None:
                return [WayIn("anyone", answer, own=False)]
            answer = None if limited else ask(part, stranger, placed(stranger))
            if answer is not None:
                limited.append(_limited(part, stranger, answer))
    return limited


def _unvouched(part: Part, stranger: str) -> Answer | None:
    """Ask for an outsider of whom AWS vouches for nothing, in each network that makes a change."""
    for network in networks(part):
        for context in (outsider(stranger, network), member(stranger, network)):
            answer = ask(part, stranger, context)
            if answer is not None:
                return answer
    return None


def _limited(part: Part, stranger: str, answer: Answer) -> WayIn:
    """Tell whether an organization limits the callers, and whether it is the team's own."""
    keys = dict(answer.witness.context) if answer.witness is not None else {}
    ids = (*keys.get("aws:principalorgid", ()), *keys.get("aws:principalorgpaths", ()))
    if not ids:
        return WayIn("network", answer)
    named = organizations(part)
    for name in named:
        foreign = None
        if name not in part.friends.organizations:
            foreign = ask(part, stranger, member_of(name, stranger))
        if foreign is not None:
            own = False if part.friends.organizations else None
            return WayIn("organization", foreign, name, own=own)
    who = ids[0].partition("/")[0] if named else unknown_organization(part)
    return WayIn("organization", answer, who, own=True if named else None)


# --- accounts -----------------------------------------------------------------------------------


def _foreign_accounts(part: Part) -> Iterator[WayIn]:
    """Ask for each account that is named and is not the role's own, nor trusted."""
    own = own_account(part.arn, part.friends)
    for account, (entry, arn) in _accounts(part).items():
        if account in (own, *part.friends.own_accounts):
            continue
        if is_trusted(part.friends, account, str(arn)):
            continue
        few = of_entries(part, partial(_may_be_of, account))
        answer, whole = _entered_from(few, account, entry, arn)
        if answer is None:
            continue
        unguarded = _unguarded(few, account, answer)
        way = WayIn(
            "foreign-account",
            answer,
            account,
            whole=whole,
            own=None if own is None else False,
            unguarded=unguarded,
            entry=entry,
        )
        yield _as_of(way, part.policy, few.policy)


def _may_be_of(account: str, entry: PrincipalEntry) -> bool:
    return account_named(entry.pattern) in (account, None)


def _accounts(part: Part) -> dict[str, tuple[PrincipalEntry | None, Pattern]]:
    """Return the accounts that principals or conditions spell, with the first that does."""
    found: dict[str, tuple[PrincipalEntry | None, Pattern]] = {}
    for statement in part.statements:
        principals = statement.principals
        for entry in (
            principals.entries if principals is not None and not principals.negated else ()
        ):
            account = account_named(entry.pattern) if entry.type == "AWS" else None
            if account is not None and is_account(account) and len(found) < MOST_NAMES:
                known = found.get(account)
                if known is None or (is_whole_account(entry.pattern) and not _is_whole(known[0])):
                    found[account] = entry, entry.pattern
    for pattern in _tested_accounts(part):
        account = account_named(pattern)
        if account is not None and is_account(account) and len(found) < MOST_NAMES:
            found.setdefault(account, (None, pattern))
    return found


def _is_whole(entry: PrincipalEntry | None) -> bool:
    return entry is not None and is_whole_account(entry.pattern)


def _tested_accounts(part: Part) -> Iterator[Pattern]:
    for statement in part.statements:
        for condition in statement.conditions:
            if condition.key_name in ("aws:principalaccount", "aws:principalarn"):
                yield from condition.values


def _entered_from(
    part: Part, account: str, entry: PrincipalEntry | None, arn: Pattern
) -> tuple[Answer | None, bool]:
    """Ask for anybody of an account, then for whom a principal or condition names there."""
    partition = spelled_partition(arn) or spelled_partition(part.arn) or "aws"
    context = of_account(account)
    anybody = f"arn:{partition}:iam::{account}:role/a-role-{UNNAMED}"
    answer = ask(part, anybody, context) if admits_unnamed(part, (account,)) else None
    if answer is not None:
        return answer, True
    everybody = f"arn:{partition}:iam::{account}:*"
    named = entry is not None and not is_whole_account(entry.pattern)
    return ask(part, str(arn) if named else everybody, context), False


def _unguarded(part: Part, account: str, answer: Answer) -> Answer | None:
    """Ask again without what keeps a foreign account's other customers out."""
    if answer.witness is None:
        return answer
    name = answer.witness.principal.name
    bare = (
        ("aws:multifactorauthpresent", None),
        ("aws:principalorgid", None),
        ("aws:principalorgpaths", None),
    )
    for value in (None, one("a-value-that-nobody-names*")):
        context = (*of_account(account), *bare, ("sts:externalid", value))
        found = ask(part, name, context)
        if found is not None:
            return found
    return None


def _own_account(part: Part) -> list[WayIn]:
    """Ask for a role of the own account that nobody names, untagged, from anywhere."""
    parts = segments(part.arn)
    if len(parts) == 6:
        account, partition = parts[4], parts[1]
    elif part.friends.account is not None:
        account, partition = (part.friends.account,), ("aws",)
    else:
        return []
    if not admits_unnamed(part, account):
        return []
    name = joined(("arn:", *partition, ":iam::", *account, f":role/a-role-{UNNAMED}"))
    context = (
        *((key, None) for key in tag_keys(part)),
        ("aws:multifactorauthpresent", None),
        *NO_SERVICE,
        *NO_NETWORK,
    )
    answer = ask(part, name, context)
    if answer is None:
        return []
    entry = next((e for e in entries(part, "AWS") if segments(e.pattern)[4:5] == [account]), None)
    who = str(joined(account))
    return [WayIn("own-account", answer, who, whole=True, own=True, entry=entry)]


# --- who is named -------------------------------------------------------------------------------


def _named_principals(part: Part) -> Iterator[WayIn]:
    """List the principals of the own account, or of one that is not known, by their names."""
    own = own_account(part.arn, part.friends)
    for entry in entries(part, "AWS"):
        account = account_named(entry.pattern)
        if account is not None and is_account(account) and account != own:
            continue
        few = of_entries(part, partial(_is_like, entry))
        answer = ask(few, entry.pattern, ())
        if answer is not None:
            answer = restored(answer, part.policy, few.policy)
            whole = is_whole_account(entry.pattern)
            is_own = True if account is not None and account == own else None
            yield WayIn(
                "principal", answer, str(entry.pattern), whole=whole, own=is_own, entry=entry
            )


def _foreign_tenants(part: Part) -> Iterator[WayIn]:
    """Ask for tokens of tenants, or identities, that share an issuer and that nobody names."""
    if not entries(part, "Federated"):
        return
    for token in accepted(part.policy.document):
        answer = put(token, of_a_stranger(token)) if token.issuer.is_shared else None
        if answer is not None and answer.certainty != "no":
            yield WayIn("foreign-tenant", in_place(answer, part.policy), token.label, own=False)


def _is_like(entry: PrincipalEntry, other: PrincipalEntry) -> bool:
    return other.pattern == entry.pattern


def _of_kind(
    part: Part,
    element: Literal["Service", "Federated"],
    kind: WayKind,
    actions: tuple[str, ...],
) -> Iterator[WayIn]:
    for entry in entries(part, element):
        caller = CallerPattern(element, Pattern(entry.pattern.pieces))
        answer = asked(part.policy, RequestPattern(actions, principal=caller))
        if answer is not None:
            yield WayIn(kind, answer, str(entry.pattern), entry=entry)
