"""Cut numbers, dates, addresses and booleans into the pieces that conditions tell apart.

Policies compare such values with end points; between two neighbouring end points all values are
alike. One value per piece is therefore every case there is. A value that cannot be read (a
word where a number is due) is left to the caller.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from leastwise.semantics.operators import parse_date, parse_network, parse_number

if TYPE_CHECKING:
    from leastwise.semantics.operators import Network

_DAY = Decimal(86_400)
_DIGITS = 150
"""Enough for the middle between any two numbers that conditions can hold."""
_USUAL = ("203.0.113.7", "2001:db8::7")
"""Addresses for documentation (RFC 5737, RFC 3849)."""


class Points(NamedTuple):
    """Hold one value per piece, each as the ways to spell it, the plainest first.

    ``complete`` is False when a piece has no value that could be spelled.
    """

    found: tuple[tuple[str, ...], ...]
    complete: bool = True


def numbers(texts: Iterable[str]) -> Points:
    """Return the numbers that comparisons with ``texts`` tell apart."""
    return _spelled(_line(_read(texts, parse_number)), _spell_number)


def dates(texts: Iterable[str], earliest: str | None = None, *, epoch: bool = False) -> Points:
    """Return the dates that comparisons with ``texts`` tell apart, from ``earliest`` on.

    They are spelled as ISO 8601, or with ``epoch`` as seconds since 1970.
    """
    moments = _read(texts, parse_date)
    spell = _spell_epoch if epoch else _spell_date
    if earliest is None:
        return _spelled(_line(moments), spell)
    start = parse_date(earliest) or Decimal(0)
    later = _line([start, *(m for m in moments if m > start)])
    return _spelled([start + _DAY / 2, *(m for m in later if m >= start)], spell)


def booleans() -> Points:
    """Return the two truth values."""
    return Points((("true", "True", "TRUE", "tRUE"), ("false", "False", "FALSE", "fALSE")))


def binaries(texts: Iterable[str]) -> Points:
    """Return base64 texts: those at hand and one that is none of them."""
    from base64 import b64encode

    known = list(texts)
    others = (b64encode(bytes([0, number])).decode() for number in range(len(known) + 1))
    other = next(text for text in others if text not in known)
    return Points(tuple((text,) for text in (*known, other)))


def _read(texts: Iterable[str], parse: Callable[[str], Decimal | None]) -> list[Decimal]:
    return [point for text in texts if (point := parse(text)) is not None]


def _line(points: list[Decimal]) -> list[Decimal]:
    """Return the end points, something beyond both ends, and something between neighbours."""
    if not points:
        return [Decimal(0)]
    ordered = sorted(set(points))
    with localcontext() as exact:
        exact.prec = _DIGITS
        between = [(low + high) / 2 for low, high in pairwise(ordered)]
        return [*ordered, ordered[0] - 1, ordered[-1] + 1, *between]


def _spelled(points: Iterable[Decimal], spell: Callable[[Decimal], Iterator[str]]) -> Points:
    found = [tuple(dict.fromkeys(spell(point))) for point in points]
    return Points(tuple(row for row in found if row), all(found))


def _spell_number(number: Decimal) -> Iterator[str]:
    sign, digits = ("-", -number) if number < 0 else ("", number)
    for text in (format(digits, "f"), str(digits)):
        for zeros in ("", "0", "00", "000"):
            spelled = f"{sign}{zeros}{text}"
            if parse_number(spelled) == number:
                yield spelled


def _spell_date(moment: Decimal) -> Iterator[str]:
    try:
        iso = datetime.fromtimestamp(float(moment), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        iso = ""
    for text in (iso.replace("+00:00", "Z"), iso):
        if parse_date(text) == moment:
            yield text
    yield from _spell_epoch(moment)


def _spell_epoch(moment: Decimal) -> Iterator[str]:
    for text in (format(moment, "f"), format(moment.normalize(), "f")):
        if parse_date(text) == moment:
            yield text


class _Block(NamedTuple):
    """Hold a block of addresses, the lists that hold it or one around it, and those inside."""

    network: "Network"
    lists: int
    inside: "list[_Block]"


def addresses(lists: Iterable[Iterable[str]], *, blocks: bool) -> Points:
    """Return addresses that are in different lists of blocks.

    With ``blocks``, where smaller blocks fill a bigger one, the bigger block itself is the value
    that is in none of them; else there is no such value.
    """
    found: dict[int, str] = {}
    filled: dict[int, str] = {}
    for block in _tree(lists):
        address = _outside(block)
        if address is not None:
            found.setdefault(block.lists, address)
        else:
            filled.setdefault(block.lists, str(block.network))
    if blocks:
        found = {**filled, **found}
    return Points(tuple((address,) for address in found.values()))


def _tree(lists: Iterable[Iterable[str]]) -> Iterator[_Block]:
    """Yield the blocks of both versions; any two are nested or apart."""
    from ipaddress import ip_network

    named: dict[Network, int] = {ip_network("0.0.0.0/0"): 0, ip_network("::/0"): 0}
    for number, texts in enumerate(lists):
        for text in texts:
            network = parse_network(text)
            if network is not None:
                named[network] = named.get(network, 0) | 1 << number
    roots: list[_Block] = []
    around: list[_Block] = []
    for network in sorted(named, key=lambda n: (n.version, _first(n), n.prefixlen)):
        while around and not _holds(around[-1].network, network):
            around.pop()
        outer = around[-1].lists if around else 0
        block = _Block(network, named[network] | outer, [])
        (around[-1].inside if around else roots).append(block)
        around.append(block)
    while roots:
        block = roots.pop(0)
        yield block
        roots += block.inside


def _first(network: "Network") -> int:
    return int(network.network_address)


def _last(network: "Network") -> int:
    return int(network.broadcast_address)


def _holds(outer: "Network", inner: "Network") -> bool:
    if outer.version != inner.version:
        return False
    return _first(outer) <= _first(inner) and _last(inner) <= _last(outer)


def _outside(block: _Block) -> str | None:
    """Return an address of a block that is in no block inside it."""
    from ipaddress import ip_address

    inside = [(_first(b.network), _last(b.network)) for b in block.inside]
    if not block.network.prefixlen:
        for usual in _USUAL:
            number = ip_address(usual)
            if number.version == block.network.version and not any(
                low <= int(number) <= high for low, high in inside
            ):
                return usual
    free = _first(block.network)
    for low, high in inside:
        if free < low:
            break
        free = high + 1
    if free > _last(block.network):
        return None
    return str(type(block.network.network_address)(free))
