"""Put questions to a trust policy: one Allow of it, a caller, and what AWS says of that caller.

Which keys a caller can set, and which AWS sets about it:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import NamedTuple, TypeAlias

from leastwise.entry.admission import is_admitted_by_name, is_whole_account
from leastwise.entry.friends import Friends
from leastwise.entry.strangers import numbers, role_named_as, ways
from leastwise.iam.arns import Pieces, resource_part, segments, spelled
from leastwise.iam.arns import is_account as is_account_number
from leastwise.iam.policy import Pattern, PolicyDocument, PrincipalEntry, Statement
from leastwise.iam.project import Policy
from leastwise.semantics.access import allows
from leastwise.semantics.known import in_place
from leastwise.semantics.model import (
    Answer,
    CallerPattern,
    Context,
    EffectiveAccess,
    RequestPattern,
)
from leastwise.semantics.principals import is_everyone

Values: TypeAlias = tuple[Pattern, ...] | None

OUTSIDER = "000000000000"
ASSUME = "sts:AssumeRole"
TEAM = "o-theteam00"
MOST_NAMES = 64
"""Principals and accounts of one document that are asked for."""
_MOST_STRANGERS = 8
_MOST_NETWORKS = 8
_COLONS = 5
A_STRANGER = f"arn:aws:iam::{OUTSIDER}:*"
_FEW = 8


class Part(NamedTuple):
    """Hold a trust policy of which one Allow is left; ``arn`` is the role's."""

    policy: Policy
    statements: tuple[Statement, ...]
    arn: Pattern
    friends: Friends


def of_entries(part: Part, kept: Callable[[PrincipalEntry], bool]) -> Part:
    """Leave out the named principals that cannot let a caller in; short ones stay as they are."""
    rows = part.policy.document.statements
    if sum(len(s.principals.entries) for s in rows if s.principals is not None) <= _FEW:
        return part
    statements = tuple(_of_entries(s, kept) for s in rows)
    document = replace(part.policy.document, statements=statements)
    return part._replace(policy=replace(part.policy, document=document))


def _of_entries(statement: Statement, kept: Callable[[PrincipalEntry], bool]) -> Statement:
    principals = statement.principals
    if statement.effect != "Allow" or principals is None or principals.negated:
        return statement
    entries = tuple(e for e in principals.entries if kept(e))
    return replace(statement, principals=replace(principals, entries=entries))


NO_SERVICE: Context = (
    ("aws:principalisawsservice", (Pattern(("false",)),)),
    ("aws:principalservicename", None),
    ("aws:principalservicenameslist", None),
    ("aws:sourceaccount", None),
    ("aws:sourcearn", None),
    ("aws:sourceorgid", None),
    ("aws:sourceorgpaths", None),
    ("ec2:sourceinstancearn", None),
    ("identitystore:userid", None),
    ("lambda:sourcefunctionarn", None),
)
"""What a call by a service, or with the credentials of one's own compute, would carry."""
NO_NETWORK: Context = (
    ("aws:sourceip", (Pattern(("198.51.100.7",)),)),
    ("aws:sourcevpc", None),
    ("aws:sourcevpcarn", None),
    ("aws:sourcevpce", None),
    ("aws:vpcsourceip", None),
    ("aws:vpceaccount", None),
    ("aws:vpceorgid", None),
    ("aws:vpceorgpaths", None),
)


def outsider(caller: str = A_STRANGER, network: Context = NO_NETWORK) -> Context:
    """Return what AWS says of a caller from an account that the team has nothing to do with."""
    return (
        *placed(caller),
        ("aws:principalorgid", None),
        ("aws:principalorgpaths", None),
        *network,
    )


def member(caller: str, network: Context = NO_NETWORK) -> Context:
    """Return what AWS says of an outsider in an organization of its own."""
    return (*member_of("o-astranger00", caller), *network)


def member_of(organization: str, caller: str) -> Context:
    """Return what AWS says of an outsider in an organization."""
    return (
        *placed(caller),
        ("aws:principalorgid", one(organization)),
        ("aws:principalorgpaths", one(f"{organization}/*")),
    )


def placed(caller: str) -> Context:
    """Return what AWS says of an outsider that may lie in an organization or a network."""
    _, partition, _, _, account, _ = caller.split(":", 5)
    return (
        ("aws:principalaccount", one(account)),
        ("aws:principalarn", one(f"arn:{partition}:iam::{account}:*")),
        ("aws:userid", one("AROASTRANGER:*")),
        *NO_SERVICE,
    )


def networks(part: Part) -> Iterator[Context]:
    """Yield the networks that an outsider may call from, as far as conditions tell them apart."""
    yield NO_NETWORK
    keys = tuple(key for key, _ in NO_NETWORK)
    for told in islice(ways(part.policy.document, keys), _MOST_NETWORKS):
        yield tuple({**dict(NO_NETWORK), **dict(told)}.items()) if told else NO_NETWORK


def of_account(account: str) -> Context:
    """Return what AWS says of a caller of an account."""
    return ("aws:principalaccount", one(account)), *NO_SERVICE


def own_account(arn: Pattern, friends: Friends) -> str | None:
    """Return the number of the role's own account, where it is known."""
    parts = segments(arn)
    number = spelled(parts[4]) if len(parts) == 6 else friends.account
    return number if number is not None and is_account_number(number) else None


def partitions(part: Part) -> list[str]:
    """List the partitions that callers may be of: the role's own, else those that are spelled."""
    own = spelled_partition(part.arn)
    if own is not None:
        return [own]
    named = (spelled_partition(p) for p in _spelled_arns(part))
    return list(dict.fromkeys(["aws", *(n for n in named if n is not None)]))[:4]


def strangers(part: Part, partition: str) -> list[str]:
    """List callers that are outsiders, named as conditions on aws:PrincipalArn let them be."""
    found = [f"arn:{partition}:iam::{OUTSIDER}:*"]
    for value in tested_values(part.statements, "aws:principalarn"):
        glob = value.literal or ""
        if glob.count(":") < _COLONS:
            found.append(role_named_as(glob, OUTSIDER, partition))
            continue
        account = glob.split(":", 5)[4]
        path = resource_part(glob).replace("*", "x").replace("?", "x")
        if not path.startswith(("role/", "user/", "assumed-role/")):
            path = "role/x"
        of = (OUTSIDER, *numbers([account]))
        found += (f"arn:{partition}:iam::{number}:{path}" for number in of)
    accounts = [v.literal or "" for v in tested_values(part.statements, "aws:principalaccount")]
    found += (f"arn:{partition}:iam::{number}:*" for number in numbers(accounts))
    return list(dict.fromkeys(found))[:_MOST_STRANGERS]


def tested_values(statements: tuple[Statement, ...], key: str) -> Iterator[Pattern]:
    """List the values that conditions compare a key (lower case) with."""
    for statement in statements:
        for condition in statement.conditions:
            if condition.key_name == key:
                yield from condition.values


def admits_unnamed(part: Part, account: Pieces | None) -> bool:
    """Tell quickly whether principals that no entry names may be let in, those of an account too.

    SOUND: exact as far as findings go; what rests on an unknown string alone is none.
    """
    for statement in part.statements:
        principals = statement.principals
        if principals is None or principals.negated:
            return True
        for entry in principals.entries:
            if is_everyone(entry):
                return True
            if account is not None and entry.type == "AWS" and _is_of(entry.pattern, account):
                return True
    return False


def _is_of(principal: Pattern, account: Pieces) -> bool:
    if not is_account(principal):
        return False
    return segments(principal)[4:5] == [account] or principal.literal == spelled(account)


def is_account(pattern: Pattern) -> bool:
    """Say whether an AWS principal is an account, whose number need not be known."""
    return is_whole_account(pattern) or segments(pattern)[5:] == [("root",)]


def unknown_organization(part: Part) -> str:
    """Spell the organization of a condition of which not all is known."""
    values = (
        value
        for key in ("aws:principalorgid", "aws:principalorgpaths")
        for value in tested_values(part.policy.document.statements, key)
    )
    return next((str(value) for value in values), "of its conditions")


def organizations(part: Part) -> list[str]:
    """List the organizations that conditions name, those of paths too."""
    texts = (
        value.literal or ""
        for key in ("aws:principalorgid", "aws:principalorgpaths")
        for value in tested_values(part.policy.document.statements, key)
    )
    names = (text.partition("/")[0] for text in texts)
    return [
        name for name in dict.fromkeys(names) if name and not any(mark in name for mark in "*?$")
    ]


def spelled_partition(arn: Pattern) -> str | None:
    """Return the partition of an ARN where it is spelled."""
    parts = segments(arn)
    text = spelled(parts[1]) if len(parts) == 6 else None
    return text if text and "*" not in text and "?" not in text else None


def _spelled_arns(part: Part) -> Iterator[Pattern]:
    for statement in part.statements:
        for entry in statement.principals.entries if statement.principals is not None else ():
            if entry.type == "AWS":
                yield entry.pattern
        for condition in statement.conditions:
            if condition.key_name == "aws:principalarn":
                yield from condition.values


def tag_keys(part: Part) -> list[str]:
    """List the tags of callers that conditions look at, as keys in lower case."""
    keys = (c.key_name for s in part.statements for c in s.conditions)
    return [key for key in dict.fromkeys(keys) if key.startswith("aws:principaltag/")]


def entries(part: Part, element: str) -> list[PrincipalEntry]:
    """List the principals of one element type that are named."""
    found = [
        entry
        for statement in part.statements
        if statement.principals is not None and not statement.principals.negated
        for entry in statement.principals.entries
        if entry.type == element and entry.pattern.literal != "*"
    ]
    return found[:MOST_NAMES]


def one(text: str) -> tuple[Pattern, ...]:
    """Return the one value of a key."""
    return (Pattern((text,)),)


def ask(part: Part, name: "str | Pattern", context: Context) -> Answer | None:
    """Ask whether a caller with AWS credentials can assume the role."""
    pieces = (name,) if isinstance(name, str) else name.pieces
    caller = CallerPattern("AWS", Pattern(pieces))
    pattern = RequestPattern((ASSUME,), principal=caller, context=(*context, *_of_role(part)))
    return asked(part.policy, pattern)


def _of_role(part: Part) -> Context:
    """Say in which account and organization the role lies, where callers are compared with it."""
    values = (v for s in part.policy.document.statements for c in s.conditions for v in c.values)
    texts = (p.lower() for v in values for p in v.pieces if isinstance(p, str))
    if not any("${aws:resource" in text for text in texts):
        return ()
    return (
        ("aws:resourceaccount", one(own_account(part.arn, part.friends) or "222222222222")),
        ("aws:resourceorgid", one(TEAM)),
        ("aws:resourceorgpaths", one(f"{TEAM}/*")),
    )


def asked(trust: Policy, pattern: RequestPattern) -> Answer | None:
    """Ask a trust policy; None: no, or only because an unknown string might name the caller."""
    answer = in_place(_put(trust.document, pattern), trust)
    if answer.certainty == "no" or answer.witness is None:
        return None
    return None if _rests_on_unknown(answer, pattern) else answer


def _rests_on_unknown(answer: Answer, pattern: RequestPattern) -> bool:
    if answer.certainty != "possible" or answer.witness is None:
        return False
    caller = answer.witness.principal
    statements = [
        d.policy.document.statements[d.statement] for d in answer.deciding if d.statement >= 0
    ]
    asked_for = None if pattern.principal is None else pattern.principal.name
    return not any(is_admitted_by_name(s, caller) or _spells(s, asked_for) for s in statements)


def _spells(statement: Statement, caller: Pattern | None) -> bool:
    """Tell whether a principal is spelled as the caller, or its account, unknown parts included."""
    principals = statement.principals
    if caller is None or principals is None or principals.negated:
        return False
    account = segments(caller)[4:5]
    for entry in principals.entries:
        parts = segments(entry.pattern)
        if entry.pattern.pieces == caller.pieces:
            return True
        if account and parts[4:5] == account and is_account(entry.pattern):
            return True
    return False


def refuses(document: PolicyDocument, pattern: RequestPattern) -> bool:
    """Say whether a trust policy allows none of it, wherever it stands."""
    return _put(document, pattern).certainty == "no"


@lru_cache(maxsize=8192)
def _put(document: PolicyDocument, pattern: RequestPattern) -> Answer:
    """Ask a document, whoever has it: most roles of an account trust in few ways."""
    policy = Policy("", "", "trust", document, "concrete", None)
    return allows(EffectiveAccess(trust=policy), pattern)
