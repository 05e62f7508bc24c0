"""Edit the conditions of policy documents the way engineers do; see ``policy_edits``."""

import random
from collections.abc import Callable, Iterator
from copy import deepcopy

from policy_edits import ACCOUNT, Edit, Json, anonymous, listed, pick, service_of, statements

CONDITIONS: dict[str, Json] = {
    "StringEquals": {"aws:PrincipalTag/team": ["red", "blue"]},
    "StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]},
    "StringLike": {"aws:userid": ["AROA*", "AIDA?"]},
    "StringNotLike": {"aws:UserAgent": "*console*"},
    "StringEqualsIgnoreCase": {"aws:PrincipalTag/stage": "Prod"},
    "Bool": {"aws:SecureTransport": "true"},
    "IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.128/25"]},
    "NotIpAddress": {"aws:SourceIp": "2001:db8::/32"},
    "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"},
    "NumericGreaterThanEquals": {"s3:max-keys": "10"},
    "DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"},
    "DateGreaterThan": {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"},
    "Null": {"aws:MultiFactorAuthAge": "true"},
    "ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{ACCOUNT}:topic-*"},
    "ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/admin"},
    "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]},
    "ForAnyValue:StringLike": {"aws:TagKeys": "te*"},
    "StringEqualsIfExists": {"ec2:InstanceType": ["t3.micro", "t3.small"]},
    "BoolIfExists": {"aws:MultiFactorAuthPresent": "true"},
    "NumericLessThanEqualsIfExists": {"s3:signatureAge": "600000"},
}
_OPPOSITES = (
    ("StringEquals", "StringNotEquals"),
    ("StringLike", "StringNotLike"),
    ("ArnLike", "ArnNotLike"),
    ("ArnEquals", "ArnNotEquals"),
    ("IpAddress", "NotIpAddress"),
    ("NumericLessThan", "NumericGreaterThanEquals"),
    ("DateLessThan", "DateGreaterThan"),
)


def remove_condition(document: Json, chance: random.Random) -> bool:
    """Take one operator with its keys away."""
    statement = pick(document, chance, "Condition")
    if statement is None:
        return False
    statement["Condition"].pop(chance.choice(sorted(statement["Condition"])))
    return True


def add_condition_value(document: Json, chance: random.Random) -> bool:
    """Add one more alternative to the values of a key."""
    found = _condition(document, chance, of_texts=True)
    if found is None:
        return False
    block, key = found
    first = str(listed(block[key])[0])
    block[key] = [*listed(block[key]), chance.choice(["other", first[:-1], first + "x", "a*"])]
    return True


def drop_condition_value(document: Json, chance: random.Random) -> bool:
    """Take one of several values of a key away."""
    found = _condition(document, chance, least=2)
    if found is None:
        return False
    block, key = found
    row = list(block[key])
    row.pop(chance.randrange(len(row)))
    block[key] = row
    return True


def loosen_condition(document: Json, chance: random.Random) -> bool:
    """Let an operator hold for a missing key too (IfExists)."""
    plain = lambda name: not name.endswith("IfExists") and name != "Null"  # noqa: E731 - a test
    return _rename_operator(document, chance, plain, lambda name: name + "IfExists")


def negate_condition(document: Json, chance: random.Random) -> bool:
    """Replace an operator by its opposite."""
    opposite = {a: b for pair in _OPPOSITES for a, b in (pair, pair[::-1])}
    return _rename_operator(document, chance, opposite.__contains__, opposite.__getitem__)


def like_condition(document: Json, chance: random.Random) -> bool:
    """Replace StringEquals by StringLike, in which stars are wildcards."""
    return _rename_operator(
        document,
        chance,
        lambda name: "StringEquals" in name and "IgnoreCase" not in name,
        lambda name: name.replace("StringEquals", "StringLike"),
    )


def split_cases(document: Json, chance: random.Random) -> bool:
    """Split a statement in two, one for a region and one for all other requests."""
    row = statements(document)
    place = chance.randrange(len(row))
    region = {"aws:RequestedRegion": "eu-west-1"}
    halves = []
    for name in ("StringEquals", "StringNotEquals"):
        block = row[place].get("Condition", {})
        if name in block:
            return False
        halves.append(row[place] | {"Condition": block | {name: region}})
    row[place : place + 1] = [anonymous(half) for half in halves]
    return True


def add_deny(document: Json, chance: random.Random) -> bool:
    """Deny one action that the policy allows, for all or for some resources."""
    statement = pick(document, chance, "Action", lambda s: s["Effect"] == "Allow")
    if statement is None:
        return False
    action = chance.choice(listed(statement["Action"]))
    denied: Json = {"Effect": "Deny", "Action": action, "Resource": "*"}
    if chance.random() < 0.5:
        denied["Resource"] = f"arn:aws:{service_of(action)}:*:*:*prod*"
    if chance.random() < 0.5:
        name = chance.choice(sorted(CONDITIONS))
        denied["Condition"] = {name: deepcopy(CONDITIONS[name])}
    statements(document).append(denied)
    return True


def add_covered(document: Json, chance: random.Random) -> bool:
    """Add a statement for what another one allows already."""
    statement = pick(document, chance, "Action", lambda s: s["Effect"] == "Allow")
    if statement is None:
        return False
    covered = anonymous(statement) | {"Action": chance.choice(listed(statement["Action"]))}
    name = chance.choice(sorted(CONDITIONS))
    block = covered.get("Condition", {})
    if name not in block:
        covered["Condition"] = block | {name: deepcopy(CONDITIONS[name])}
    statements(document).append(covered)
    return True


def add_condition_of(name: str) -> Edit:
    """Return the edit that adds a condition of one operator to a statement."""

    def edit(document: Json, chance: random.Random) -> bool:
        row = [s for s in statements(document) if name not in s.get("Condition", {})]
        if not row:
            return False
        statement = chance.choice(row)
        block = deepcopy(CONDITIONS[name])
        statement["Condition"] = statement.get("Condition", {}) | {name: block}
        return True

    return edit


def _blocks(document: Json, *, of_texts: bool) -> Iterator[tuple[Json, str]]:
    for statement in statements(document):
        for name in sorted(statement.get("Condition", {})):
            if of_texts and not ("String" in name or "Arn" in name):
                continue
            for key in sorted(statement["Condition"][name]):
                yield statement["Condition"][name], key


def _condition(
    document: Json, chance: random.Random, *, least: int = 1, of_texts: bool = False
) -> tuple[Json, str] | None:
    blocks = _blocks(document, of_texts=of_texts)
    row = [(block, key) for block, key in blocks if len(listed(block[key])) >= least]
    return chance.choice(row) if row else None


def _rename_operator(
    document: Json,
    chance: random.Random,
    fits: Callable[[str], bool],
    change: Callable[[str], str],
) -> bool:
    statement = pick(document, chance, "Condition", lambda s: any(map(fits, s["Condition"])))
    if statement is None:
        return False
    block = statement["Condition"]
    old = chance.choice(sorted(filter(fits, block)))
    if change(old) in block:
        return False
    statement["Condition"] = {change(n) if n == old else n: keys for n, keys in block.items()}
    return True
