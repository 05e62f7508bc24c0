"""Answer which actions exist, and what each can be asked about, from the pinned index.

The index is built at release time from the Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/). Names come from a text
file that is quick to search; levels, resource types and condition keys from an SQLite file that
is opened only when asked for. Sets of actions are bit sets over the sorted names.

Not modelled: actions AWS has added since ``data_date``; the engine treats them as unknown.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from leastwise.semantics.action_length import is_too_long
from leastwise.semantics.pattern import accepts, compile_glob, tokenize

if TYPE_CHECKING:
    import sqlite3

_DATA = Path(__file__).parent.parent / "data"
FALLBACK_DATE = "2025-01-01"


class ActionInfo(NamedTuple):
    """Say what the reference knows of one action.

    ``arn_formats`` are IAM globs, one per resource type (``arn:?*:iam::?*:role/?*``), empty
    when the action takes no resource. ``condition_keys`` are lower case, those of the resource
    types included; a key with a free part is cut at it (``aws:requesttag/``).
    """

    name: str
    access_level: str
    arn_formats: tuple[str, ...]
    condition_keys: frozenset[str]

    @property
    def supports_resource(self) -> bool:
        """Tell whether requests of the action name a resource."""
        return bool(self.arn_formats)


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """Hold one service's line: its prefix, the position of its first action, and the names."""

    prefix: str
    start: int
    count: int
    line: str


@dataclass(frozen=True, slots=True, eq=False)
class ActionIndex:
    """Hold the names of all known actions, sorted by service; compared by identity.

    ``starts`` are the positions of the first actions of the services, in their order.
    """

    data_date: str
    services: dict[str, Service]
    count: int
    starts: tuple[int, ...]

    @property
    def everything(self) -> int:
        """Return the bit set of all actions."""
        return (1 << self.count) - 1

    def bits(self, glob: str) -> int:
        """Return the bit set of the actions that an IAM glob matches, without case."""
        return _bits(self, glob.lower())

    def names(self, bits: int) -> list[str]:
        """Spell the actions of a bit set, in order."""
        found: list[str] = []
        for service, part in self._touched(bits):
            names = _names(service)
            found += [f"{service.prefix}:{names[i]}" for i in _positions(part)]
        return found

    def _touched(self, bits: int) -> Iterator[tuple[Service, int]]:
        """Yield the services of a bit set in order, each with its actions' bits from 0 on."""
        services, position = tuple(self.services.values()), 0
        while bits:
            first = position + (bits & -bits).bit_length() - 1
            service = services[bisect_right(self.starts, first) - 1]
            bits >>= service.start - position
            yield service, bits & ((1 << service.count) - 1)
            bits >>= service.count
            position = service.start + service.count

    def by_service(self, bits: int, prefer: tuple[str, ...]) -> list[tuple[str, int]]:
        """Return the services that a bit set touches with their part of it, preferred first."""
        found = {
            service.prefix.lower(): part << service.start for service, part in self._touched(bits)
        }
        first = [prefix for prefix in prefer if prefix in found]
        return [(prefix, found[prefix]) for prefix in dict.fromkeys((*first, *found))]

    def matching(self, glob: str) -> tuple[str, ...]:
        """Return the known actions that an IAM glob matches, in order."""
        return tuple(self.names(self.bits(glob)))

    def spelled(self, action: str) -> str | None:
        """Return an action in the reference's spelling, or None when it is not known."""
        prefix, _, name = action.partition(":")
        service = self.services.get(prefix.lower())
        if service is None:
            return None
        position = _folded(service).get(name.lower())
        return None if position is None else f"{service.prefix}:{_names(service)[position]}"


@lru_cache(maxsize=1024)
def _names(service: Service) -> list[str]:
    return service.line.split(",")


@lru_cache(maxsize=1024)
def _folded(service: Service) -> dict[str, int]:
    return {name.lower(): position for position, name in enumerate(_names(service))}


def _positions(bits: int) -> list[int]:
    found = []
    while bits:
        low = bits & -bits
        found.append(low.bit_length() - 1)
        bits ^= low
    return found


@lru_cache(maxsize=16384)
def _bits(index: ActionIndex, glob: str) -> int:
    if not glob.strip("*"):
        return index.everything if glob else 0
    if is_too_long(glob):
        return 0
    prefix, colon, name = glob.partition(":")
    if colon and "*" not in prefix and "?" not in prefix:
        service = index.services.get(prefix)
        return 0 if service is None else _service_bits(service, name) << service.start
    # A name holds one colon, so a glob with one matches part by part.
    head = compile_glob(tokenize((prefix,)) or ())
    total = 0
    for service in index.services.values():
        if not colon:
            total |= _spanning_bits(service, glob) << service.start
        elif accepts(head, (service.prefix,)):
            total |= _service_bits(service, name) << service.start
    return total


def _literals(glob: str) -> list[str]:
    return [part for part in glob.replace("?", "*").split("*") if part]


def _spanning_bits(service: Service, glob: str) -> int:
    matching = _matcher(glob)
    prefix = f"{service.prefix.lower()}:"
    total = 0
    for name, position in _folded(service).items():
        if matching(prefix + name):
            total |= 1 << position
    return total


@lru_cache(maxsize=16384)
def _service_bits(service: Service, glob: str) -> int:
    if glob == "*":
        return (1 << service.count) - 1
    needed = _literals(glob)
    if needed == [glob]:
        position = _folded(service).get(glob)
        return 0 if position is None else 1 << position
    # To lower one long line is quicker than to look at each of its names.
    line = service.line.lower()
    if not all(part in line for part in needed):
        return 0
    matching, total = _matcher(glob), 0
    for name, position in _folded(service).items():
        if matching(name):
            total |= 1 << position
    return total


@lru_cache(maxsize=4096)
def _matcher(glob: str) -> Callable[[str], bool]:
    """Return the quickest test that a name matches a glob, both in lower case."""
    needed = _literals(glob)
    literal = needed[0] if len(needed) == 1 and "?" not in glob else None
    if literal is not None and glob == f"{literal}*":
        return lambda name: name.startswith(literal)
    if literal is not None and glob == f"*{literal}":
        return lambda name: name.endswith(literal)
    if literal is not None and glob == f"*{literal}*":
        return lambda name: literal in name
    compiled = compile_glob(tokenize((glob,)) or ())
    return lambda name: all(part in name for part in needed) and accepts(compiled, (name,))


def parse_index(text: str) -> ActionIndex:
    """Read the names file: a date comment, then ``prefix:Action1,Action2`` a line, sorted."""
    date, start = FALLBACK_DATE, 0
    services: dict[str, Service] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            date = line.partition("data_date=")[2].strip() or date
            continue
        prefix, colon, names = line.partition(":")
        if colon:
            count = names.count(",") + 1
            services[prefix.lower()] = Service(prefix, start, count, names)
            start += count
    return ActionIndex(date, services, start, tuple(s.start for s in services.values()))


@cache
def action_index() -> ActionIndex:
    """Load the pinned index once; without the file nothing is known and all is untyped."""
    source = _DATA / "actions.txt"
    return parse_index(source.read_text(encoding="utf-8") if source.is_file() else "")


@lru_cache(maxsize=4096)
def asked_bits(globs: tuple[str, ...]) -> int:
    """Return the bit set of the known actions that any of the globs matches."""
    bits = 0
    for glob in globs:
        bits |= action_index().bits(glob)
    return bits


def data_date() -> str:
    """Return the date of the pinned data, ``YYYY-MM-DD``."""
    return action_index().data_date


@cache
def _database() -> "sqlite3.Connection | None":
    import sqlite3

    source = _DATA / "actions.sqlite"
    if not source.is_file():
        return None
    uri = f"{source.resolve().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True, check_same_thread=False)


def database() -> "sqlite3.Connection | None":
    """Return the open database of the index, or None where the file is missing."""
    return _database()


@lru_cache(maxsize=65536)
def info(action: str) -> ActionInfo | None:
    """Return what is known of an action, named in any case, or None."""
    name = action_index().spelled(action)
    database = _database()
    if name is None or database is None:
        return None
    service, _, bare = name.partition(":")
    key = (service, bare)
    level = database.execute(_LEVEL, key).fetchone()
    if level is None:
        return None
    rows = database.execute(_FORMATS, key)
    formats = sorted({_as_glob(one) for row in rows for one in written_formats(row[0])})
    keys = {_cut(row[0]) for row in database.execute(_KEYS, key + key)}
    return ActionInfo(name, level[0], tuple(formats), frozenset(keys))


def written_formats(text: str) -> tuple[str, ...]:
    """Return the formats of a resource type, which the reference lists in one string.

    What AWS owns of Systems Manager has no account, which the reference leaves out
    (``arn:aws:ssm:us-east-1::document/AWS-RunShellScript``):
    https://docs.aws.amazon.com/systems-manager/latest/userguide/security_iam_id-based-policy-examples.html.
    """
    written = text.split(", ")
    owned = (w.replace(":${Account}:", "::") for w in written if _is_owned_by_aws(w))
    return (*written, *owned)


def _is_owned_by_aws(written: str) -> bool:
    return ":${Account}:document/" in written or ":${Account}:automation-definition/" in written


def access_levels(service: str) -> dict[str, str]:
    """Return the access levels of a service's actions, by their names after the colon."""
    database = _database()
    return {} if database is None else dict(database.execute(_LEVELS, (service,)))


_LEVELS = "SELECT name, access_level FROM actions WHERE service = ?"
_LEVEL = "SELECT access_level FROM actions WHERE service = ? AND name = ?"
_FORMATS = """SELECT t.arn_format FROM action_resources a JOIN resource_types t
ON t.service = a.service AND t.name = a.resource_type WHERE a.service = ? AND a.action = ?"""
_KEYS = """SELECT key FROM action_conditions WHERE service = ? AND action = ?
UNION SELECT c.key FROM action_resources a JOIN resource_conditions c
ON c.service = a.service AND c.resource_type = a.resource_type
WHERE a.service = ? AND a.action = ?"""


def _as_glob(arn_format: str) -> str:
    """Turn ``arn:${Partition}:s3:::${Bucket}`` into a glob.

    A part has one character or more, an account that is a resource (``account/${AccountId}``) the
    twelve of its ID.
    """
    parts, rest = [], arn_format
    while (start := rest.find("${")) != -1 and (end := rest.find("}", start)) != -1:
        is_account = rest[start:end] == "${AccountId"
        parts += [rest[:start], "?" * 12 if is_account else "?*"]
        rest = rest[end + 1 :]
    return "".join(parts) + rest


def _cut(key: str) -> str:
    """Cut a key at its free part, which the reference spells ``tag-key`` too."""
    return key.lower().partition("${")[0].removesuffix("tag-key")


@lru_cache(maxsize=1024)
def spelled_key(key: str) -> str | None:
    """Return a service's condition key in the reference's spelling, or None if not known.

    What follows the slash of a key with a free part stays as it is.
    """
    database = _database()
    if database is None or not key.isascii():
        return None
    row = database.execute(_SPELLED_KEY, (key, key)).fetchone()
    if row is not None:
        return str(row[0])
    head, slash, rest = key.partition("/")
    if not slash:
        return None
    row = database.execute(_FREE_KEY, (f"{head}/${{%", f"{head}/${{%")).fetchone()
    return None if row is None else f"{row[0].partition('${')[0]}{rest}"


_SPELLED_KEY = """SELECT key FROM action_conditions WHERE key = ?
UNION SELECT key FROM resource_conditions WHERE key = ?"""
_FREE_KEY = """SELECT key FROM action_conditions WHERE key LIKE ?
UNION SELECT key FROM resource_conditions WHERE key LIKE ?"""


def condition_key_rows() -> tuple[tuple[str, str], ...]:
    """List the condition keys of all services with their types, as the reference spells them.

    Types are those of the reference (``String``, ``ArrayOfARN``, ...).
    """
    database = _database()
    return () if database is None else tuple(database.execute(_KEY_ROWS))


_KEY_ROWS = "SELECT key, max(type) FROM condition_keys GROUP BY key ORDER BY key"


@lru_cache(maxsize=1024)
def is_listed_key(key: str) -> bool:
    """Tell whether the reference lists a key, cut at its free part, for some action."""
    database = _database()
    if database is None:
        return False
    asked = (key.partition(":")[0], key, f"{key}${{%", f"{key}tag-key") * 2
    return database.execute(_LISTED_KEY, asked).fetchone() is not None


_LISTED_KEY = """SELECT 1 FROM action_conditions
WHERE service = ? AND (key = ? OR key LIKE ? OR key = ?)
UNION SELECT 1 FROM resource_conditions
WHERE service = ? AND (key = ? OR key LIKE ? OR key = ?)"""


def carries(known: ActionInfo, key: str) -> bool:
    """Tell whether requests of an action can carry a service's condition key (lower case)."""
    if key in known.condition_keys:
        return True
    return any(key.startswith(k) for k in known.condition_keys if k.endswith("/"))
