"""Answer which condition keys exist, of which type each is, and what else AWS says of it.

Keys of services come from the pinned index (the Service Authorization Reference). Global keys and
what the reference does not say come from ``data/condition_keys.csv``, after
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html.

Not modelled: the claims of identity providers (``token.actions.githubusercontent.com:sub``), of
which everyone may have their own; ``is_claim`` tells them.
"""

from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias, cast, get_args

from leastwise.semantics.actions import condition_key_rows

KeyType: TypeAlias = Literal["String", "ARN", "Bool", "Numeric", "Date", "IPAddress", "Unknown"]

_TABLE = Path(__file__).parent.parent / "data" / "condition_keys.csv"
_TYPES: frozenset[str] = frozenset(get_args(KeyType))
_LIST = "ArrayOf"
_FREE = "${"


class ConditionKey(NamedTuple):
    """Say what AWS documents of one key.

    ``name`` is the reference's spelling; a free part is cut off (``aws:RequestTag/``).
    ``traits`` are closed words: ``always`` (in every request), ``sensitive`` (no wildcard has a
    use in it), ``spoofable`` (the caller sets it at will), ``of-people`` (a service principal never
    carries it), ``own-resource`` (constant in a resource policy), ``everywhere`` (a service's key
    that requests to all services carry), ``unlisted`` (sent for actions of which the reference does
    not say so), ``gone`` and ``deprecated`` (``partners`` took its place), and what its values are:
    ``service``, ``regional-service``, ``region``, ``vpc``, ``vpce``, ``kms-key``, ``public-ip``,
    ``private-ip``. Without those, it is sound only with one of ``partners``. ``services`` are the
    prefixes of the only ones that send it, empty for no limit.
    """

    name: str
    type: KeyType
    multivalued: bool
    traits: frozenset[str] = frozenset()
    partners: tuple[str, ...] = ()
    services: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def condition_key(key: str) -> ConditionKey | None:
    """Return what is known of a key, named in any case with or without its free part, or None."""
    if not key.isascii():
        return None
    folded = key.lower()
    # Global keys stand in the table alone: to open the index for them costs more than all else.
    exact = _table().get(folded) if folded.startswith("aws:") else _known().get(folded)
    if exact is not None:
        return exact
    free = _free_global() if folded.startswith("aws:") else _free()
    return next((found for head, tail, found in free if _fits(folded, head, tail)), None)


def condition_key_type(key: str) -> KeyType | None:
    """Return the type of a key's values, ``Unknown`` where nobody says, None for no such key."""
    found = condition_key(key)
    return None if found is None else found.type


def is_claim(key: str) -> bool:
    """Say whether a key is a claim of an identity provider: its prefix is a host, or ``saml``.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
    """
    prefix = key.lower().partition(":")[0]
    return prefix == "saml" or "." in prefix or "/" in prefix


def known_keys(prefix: str) -> tuple[str, ...]:
    """List the known keys that begin with a service's prefix (``s3``, ``aws``), as spelled."""
    start = f"{prefix.lower()}:"
    among = _table() if start == "aws:" else _known()
    return tuple(found.name for key, found in among.items() if key.startswith(start))


@cache
def _known() -> dict[str, ConditionKey]:
    """Map keys in lower case to what is known; those with a free part end where it begins."""
    found: dict[str, ConditionKey] = {}
    for name, kind in condition_key_rows():
        cut = name.partition(_FREE)[0]
        found.setdefault(cut.lower(), _described(cut, kind))
    for folded, key in _table().items():
        found[folded] = _joined(found.get(folded), key)
    return found


def _joined(indexed: ConditionKey | None, key: ConditionKey) -> ConditionKey:
    if indexed is None or key.type != "Unknown":
        return key
    return key._replace(type=indexed.type, multivalued=indexed.multivalued)


def _described(name: str, kind: str) -> ConditionKey:
    bare = kind.removeprefix(_LIST)
    known = cast("KeyType", bare) if bare in _TYPES else "Unknown"
    return ConditionKey(name, known, kind.startswith(_LIST))


@cache
def _free() -> tuple[tuple[str, str, ConditionKey], ...]:
    """List the services' keys with a free part: what stands before it, and after it."""
    return tuple(_split(name, kind) for name, kind in condition_key_rows() if _FREE in name)


@cache
def _free_global() -> tuple[tuple[str, str, ConditionKey], ...]:
    return tuple((folded, "", key) for folded, key in _table().items() if folded.endswith("/"))


def _split(name: str, kind: str) -> tuple[str, str, ConditionKey]:
    head, _, rest = name.partition(_FREE)
    return head.lower(), rest.rpartition("}")[2].lower(), _described(head, kind)


def _fits(key: str, head: str, tail: str) -> bool:
    return len(key) > len(head) + len(tail) and key.startswith(head) and key.endswith(tail)


@cache
def _table() -> dict[str, ConditionKey]:
    import csv

    with _TABLE.open(encoding="utf-8", newline="") as lines:
        rows = {row["key"]: row for row in csv.DictReader(lines)}
    return {name.lower(): _row(row, rows) for name, row in rows.items()}


def _row(row: dict[str, str], rows: dict[str, dict[str, str]]) -> ConditionKey:
    services = row["services"]
    if services.startswith("as:"):
        services = rows[services.removeprefix("as:")]["services"]
    return _described(row["key"], row["type"])._replace(
        traits=frozenset(row["traits"].split()),
        partners=tuple(row["partners"].split()),
        services=frozenset(services.split()),
    )
