"""Sample requests that are aimed at policy documents: at what they match, and just beside it.

``aimed(documents, chance)`` yields requests as plain JSON data (the ``request`` of a case of
``leastwise can --cases``). Each is aimed at one statement: an action its globs match, a resource
its patterns match, values its conditions ask for; then some of it is bent, so that it misses by
a character, by one second, by one address, or lacks a key. Policy variables get values in the
context, which the resource repeats or not.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any, TypeAlias

from leastwise.semantics.actions import action_index

Json: TypeAlias = dict[str, Any]
Context: TypeAlias = dict[str, str | list[str]]

ACCOUNT = "123456789012"
CALLER = f"arn:aws:iam::{ACCOUNT}:user/app/bob"
_FILLS = ("", "a", "app-1", "prod-x", "x/y", "team", "z:w")
_ANYWHERE = (
    "*",
    f"arn:aws:s3:eu-west-1:{ACCOUNT}:app/x",
    "arn:aws:s3:::app-1/x",
    f"arn:aws:iam::{ACCOUNT}:role/app/x",
    f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1",
    "arn:aws-cn:sns:cn-north-1:999999999999:topic-1",
)
_ASIDE = (
    "s3:GetObject",
    "iam:PassRole",
    "ec2:Frobnicate",
    "made-up:GetThing",
    "sts:GetCallerIdentity",
)


def aimed(documents: Sequence[Json], chance: random.Random, count: int) -> Iterator[Json]:
    """Yield ``count`` requests aimed at the statements of the documents."""
    statements = [s for d in documents for s in _listed(d["Statement"])]
    for _ in range(count):
        target, other = chance.choice(statements), chance.choice(statements)
        context = _context(target, other, chance)
        resource = _resource(other if chance.random() < 0.2 else target, context, chance)
        yield {
            "principal": CALLER,
            "action": _action(other if chance.random() < 0.1 else target, chance),
            "resource": {"resource": resource, "accountId": ACCOUNT},
            "wildcardOnlyAction": resource == "*",
            "context": context,
        }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _action(statement: Json, chance: random.Random) -> str:
    patterns = _listed(statement.get("Action", statement.get("NotAction", "*")))
    pattern = chance.choice(patterns)
    draw = chance.random()
    if draw < 0.05 or ("Action" not in statement and draw < 0.6):
        return chance.choice(_ASIDE)
    if draw < 0.15:
        return _filled(pattern if ":" in pattern else "s3:*", ("", "Zap", "GetX"), chance)
    if draw < 0.25 and ":" in pattern:
        return _bent(_filled(pattern, ("Zap",), chance), chance)
    known = action_index().names(action_index().bits(pattern))
    return chance.choice(known) if known else _filled(pattern, ("x",), chance)


def _filled(pattern: str, fills: Sequence[str], chance: random.Random) -> str:
    return "".join(chance.choice(fills) if c == "*" else "q" if c == "?" else c for c in pattern)


def _bent(text: str, chance: random.Random) -> str:
    """Change one character after the first colon, or add or drop one."""
    if not text:
        return "x"
    place = chance.randrange(text.find(":") + 1, len(text) + 1)
    letter = chance.choice("aX/")
    return chance.choice(
        [
            text[:place] + letter + text[place:],
            text[:place] + letter + text[place + 1 :],
            text[: max(place - 1, text.find(":") + 1)] + text[place:],
            text[:place] + text[place:].swapcase(),
        ]
    )


def _resource(statement: Json, context: Context, chance: random.Random) -> str:
    patterns = _listed(statement.get("Resource", statement.get("NotResource", "*")))
    pattern = chance.choice(patterns)
    aside = "Resource" not in statement and chance.random() < 0.5
    if pattern == "*" or aside or chance.random() < 0.05:
        return chance.choice(_ANYWHERE)
    parts = pattern.split(":", 5)
    parts += ["*"] * (6 - len(parts))
    narrow = [fill for fill in _FILLS if ":" not in fill]
    row = [_substituted(part, narrow, context, chance) for part in parts[:5]]
    arn = ":".join([*row, _substituted(parts[5], _FILLS, context, chance)])
    return _bent(arn, chance) if chance.random() < 0.15 else arn


def _substituted(part: str, fills: Sequence[str], context: Context, chance: random.Random) -> str:
    """Fill the wildcards, and put the context's values where variables stand."""
    found = ""
    while "${" in part and "}" in part:
        before, _, rest = part.partition("${")
        body, _, part = rest.partition("}")
        found += _filled(before, fills, chance) + _value_of(body, context, chance)
    return found + _filled(part, fills, chance)


def _value_of(variable: str, context: Context, chance: random.Random) -> str:
    key = variable.partition(",")[0].strip().lower()
    if key in ("*", "?", "$"):
        return key
    if key not in context and chance.random() < 0.8:
        context[key] = chance.choice(("bob", "alice", "a*"))
    value = context.get(key, "none")
    return value if isinstance(value, str) and chance.random() < 0.9 else "carol"


def _context(target: Json, other: Json, chance: random.Random) -> Context:
    """Return values for the keys of two statements, those of the target most often fitting."""
    found: Context = {}
    for statement, odds in ((other, 0.5), (target, 0.85)):
        for name, block in statement.get("Condition", {}).items():
            for key, values in block.items():
                if chance.random() < 0.15:
                    found.pop(key.lower(), None)
                elif (
                    value := _values(name, _listed(values), chance.random() < odds, chance)
                ) is not None:
                    found[key.lower()] = value
    return found


def _values(
    name: str, wanted: Sequence[Any], fitting: bool, chance: random.Random
) -> str | list[str] | None:
    """Return what a request may hold for a condition; None: it lacks the key."""
    quantifier, _, plain = name.rpartition(":")
    operator = plain.removesuffix("IfExists")
    texts = [_spelled(value) for value in wanted]
    if operator == "Null":
        lacking = ("true" in texts) == fitting
        return None if lacking else "some"
    if ("Not" in operator) == fitting:
        one = lambda: _beside(operator, chance.choice(texts), chance)  # noqa: E731 - drawn anew
    else:
        one = lambda: _inside(operator, chance.choice(texts), chance)  # noqa: E731 - drawn anew
    if not quantifier:
        return one()
    several = [one() for _ in range(chance.randrange(1, 3))]
    if chance.random() < 0.3:
        several.append(_beside(operator, chance.choice(texts), chance))
    return several


def _spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _inside(operator: str, text: str, chance: random.Random) -> str:
    """Return a value that fits a condition's value under a positive operator."""
    if "Ip" in operator:
        network = ip_network(text, strict=False)
        return str(network[chance.choice([0, -1])])
    if operator.startswith(("Numeric", "Date")):
        step = 0 if "Equals" in operator else -1 if "Less" in operator else 1
        return _moved(operator, text, step)
    if operator.startswith(("StringLike", "StringNotLike", "Arn")):
        return _substituted(text, ("", "x", "y-1"), {}, chance)
    return text.swapcase() if "IgnoreCase" in operator and chance.random() < 0.5 else text


def _beside(operator: str, text: str, chance: random.Random) -> str:
    """Return a value that just misses a condition's value."""
    if "Ip" in operator:
        network = ip_network(text, strict=False)
        return str((network[0] - 1) if int(network[0]) else (network[-1] + 1))
    if operator.startswith(("Numeric", "Date")):
        return _moved(operator, text, 1 if "Less" in operator else -1)
    if operator == "Bool":
        return "false" if text.lower() == "true" else "true"
    return _bent(_substituted(text, ("x",), {}, chance), chance)


def _moved(operator: str, text: str, step: int) -> str:
    if operator.startswith("Numeric"):
        return str(int(float(text)) + step)
    moment = datetime.fromisoformat(text) + timedelta(seconds=step)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
