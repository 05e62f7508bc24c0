"""Answer which ARNs the resources of AWS have, and which of them an action takes.

From the Service Authorization Reference, as ``actions`` has it. What it does not list may exist.
"""

from functools import lru_cache
from typing import NamedTuple

from leastwise.semantics.actions import ActionIndex, action_index, database, written_formats
from leastwise.semantics.globs import has_wildcard
from leastwise.semantics.pattern import accepts, compile_glob, tokenize
from leastwise.source.value import Symbol

_SLASHLESS = frozenset({("s3", "bucket")})
"""Services of ARNs and types whose names hold no slash, which tells them from another type."""

_TWO_PAGES = frozenset(
    {"apigateway", "elasticloadbalancing", "greengrass", "kinesisanalytics", "lex", "ses"}
)
"""Services whose two versions share a prefix, and have a page each in the reference. Of an action
of both, the data has the resources of one: their actions are said to take all of the service."""


class ArnFormat(NamedTuple):
    """Hold how the ARNs of a resource type are spelled: globs.

    ``service`` is that of the ARN, not of the action. ``slashless``: what is free holds no slash.
    """

    type: str
    service: str
    region: str
    account: str
    path: str
    slashless: bool = False


def overlaps(glob: str, other: str, *, slashless: bool = False) -> bool:
    """Tell whether two globs have a string in common, case apart.

    ``slashless`` holds the strings of ``other`` to no slash.
    """
    glob, other = glob.lower(), other.lower()
    head, start = _literal(glob), _literal(other)
    # most pairs begin otherwise: told before anything is compiled
    if not head.startswith(start) and not start.startswith(head):
        return False
    return _overlap(glob, other, slashless)


def _literal(glob: str) -> str:
    return glob.partition("*")[0].partition("?")[0]


@lru_cache(maxsize=65536)
def _overlap(glob: str, other: str, slashless: bool) -> bool:
    if not glob.strip("*"):
        return bool(glob) or not other.strip("*")
    if not has_wildcard(glob) and not has_wildcard(
        start := other.removesuffix("*").removesuffix("?")
    ):
        return _continues(glob, start, other, slashless=slashless)
    strings = Symbol("other", "other", glob=other, environment=slashless)
    return accepts(compile_glob(tokenize((glob,)) or ()), (strings,), wide=True)


def _continues(text: str, start: str, glob: str, *, slashless: bool) -> bool:
    """Tell whether a text begins with ``start`` and goes on as the end of the glob allows."""
    rest, end = text.removeprefix(start), glob.removeprefix(start)
    if len(rest) + len(start) != len(text):
        return False
    starred = rest[1:] if end == "?*" else rest
    if slashless and end.endswith("*") and (":" in starred or "/" in starred):
        return False
    return {"": not rest, "*": True, "?": len(rest) == 1, "?*": bool(rest)}[end]


@lru_cache(maxsize=1024)
def formats_of_service(service: str) -> tuple[ArnFormat, ...]:
    """Return the formats of all ARNs that name a service (lower case), whoever takes them."""
    source = database()
    if source is None:
        return ()
    rows = source.execute(_OF_SERVICE, (f":{service}:",))
    formats = (one for row in rows for one in _formats(*row))
    return tuple(dict.fromkeys(one for one in formats if one.service == service))


@lru_cache(maxsize=4096)
def formats_of_actions(globs: tuple[str, ...]) -> tuple[ArnFormat, ...]:
    """Return the formats of all resources that some action takes that a glob matches."""
    index, bits = action_index(), 0
    for glob in globs:
        bits |= index.bits(glob)
    return tuple(dict.fromkeys(f for name in index.names(bits) for f in formats_of(name)))


def formats_of(action: str) -> tuple[ArnFormat, ...]:
    """Return the formats of the resources that a known action takes, none when it takes none."""
    service, _, name = action.lower().partition(":")
    found = _by_action(action_index(), service).get(name, ())
    return formats_of_service(service) if found and service in _TWO_PAGES else found


@lru_cache(maxsize=8192)
def required_types(action: str) -> frozenset[str]:
    """Return the types of resources on all of which a call of an action must be allowed.

    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    ("required resources"). Of some services it says so of types of which a call names one, such as
    a table or its stream.
    """
    source, (service, _, name) = database(), action.partition(":")
    if source is None:
        return frozenset()
    return frozenset(row[0] for row in source.execute(_REQUIRED, (service, name)))


@lru_cache(maxsize=1024)
def _by_action(index: ActionIndex, service: str) -> dict[str, tuple[ArnFormat, ...]]:
    del index  # INVARIANT: the database is that of the index
    source = database()
    found: dict[str, list[ArnFormat]] = {}
    if source is not None:
        for action, *row in source.execute(_BY_ACTION, (service,)):
            found.setdefault(action.lower(), []).extend(_formats(*row))
    return {name: tuple(dict.fromkeys(formats)) for name, formats in found.items()}


_OF_SERVICE = "SELECT name, arn_format FROM resource_types WHERE instr(lower(arn_format), ?)"
_REQUIRED = """SELECT resource_type FROM action_resources
WHERE service = ? AND action = ? AND required"""
_BY_ACTION = """SELECT a.action, t.name, t.arn_format
FROM action_resources a JOIN resource_types t
ON t.service = a.service AND t.name = a.resource_type WHERE a.service = ?"""


@lru_cache(maxsize=4096)
def _formats(name: str, written: str) -> tuple[ArnFormat, ...]:
    """Read a row; some types of API Gateway have two formats, side by side."""
    found = []
    for one in written_formats(written):
        _, _, owner, region, account, path = one.split(":", 5)
        slashless = (owner.lower(), name) in _SLASHLESS
        free = "*" if slashless else "?*"
        places = owner.lower(), _glob(region), _glob(account)
        found.append(ArnFormat(name, *places, _glob(path, free), slashless))
    return tuple(found)


def _glob(text: str, free: str = "?*") -> str:
    """Turn ``role/${RoleName}`` into a glob; a part that is free has one character or more."""
    parts, rest = [], text
    while (start := rest.find("${")) != -1 and (end := rest.find("}", start)) != -1:
        parts += [rest[:start], free]
        rest = rest[end + 1 :]
    return "".join(parts) + rest
