"""Functions on address ranges.

Source: https://developer.hashicorp.com/terraform/language/functions/cidrsubnet and its siblings.
"""

from typing import NamedTuple

from leastwise.frontends.terraform.functions.function_site import Function, Site
from leastwise.frontends.terraform.values.conversions import as_integer, as_number, literal
from leastwise.source.value import Sequence, Text, Value


class Range(NamedTuple):
    """Hold an address range: the number of its first address, prefix length, address bits."""

    first: int
    length: int
    bits: int


def parse_range(text: str) -> Range | None:
    """Read ``address/length``; bits after the prefix are dropped, leading zeros are decimal."""
    import ipaddress

    address, slash, length = text.partition("/")
    if not slash or not length.isascii() or not length.isdigit() or len(length) > 3:
        return None
    try:
        if ":" in address:
            if "%" in address or "." in address:
                return None
            number, bits = int(ipaddress.IPv6Address(address)), 128
        else:
            octets = [
                part.lstrip("0") or "0" if part.isdigit() else part for part in address.split(".")
            ]
            number, bits = int(ipaddress.IPv4Address(".".join(octets))), 32
    except ValueError:
        return None
    if int(length) > bits:
        return None
    free = bits - int(length)
    return Range(number >> free << free, int(length), bits)


def _spell(number: int, bits: int) -> str:
    import ipaddress

    if bits == 32:
        return str(ipaddress.IPv4Address(number))
    address = ipaddress.IPv6Address(number)
    mapped = address.ipv4_mapped
    return str(address) if mapped is None else str(mapped)


def _given(arguments: tuple[Value, ...], site: Site) -> tuple[Range, list[int]] | None:
    """Read the range and the whole numbers after it."""
    spelled = literal(arguments[0])
    if spelled is None or any(as_number(value) is None for value in arguments[1:]):
        return None
    found = parse_range(spelled)
    numbers = [as_integer(value) for value in arguments[1:]]
    whole = [value for value in numbers if value is not None]
    if found is None or len(whole) < len(numbers):
        site.fail()
        return None
    return found, whole


def _cidrhost(arguments: tuple[Value, ...], site: Site) -> Value | None:
    given = _given(arguments, site)
    if given is None:
        return None
    within, (host,) = given
    size = 1 << (within.bits - within.length)
    if not -size <= host < size:
        site.fail()
        return None
    return site.derived(_spell(within.first + (host if host >= 0 else size + host), within.bits))


def _cidrnetmask(arguments: tuple[Value, ...], site: Site) -> Value | None:
    given = _given(arguments, site)
    if given is None:
        return None
    within = given[0]
    if within.bits != 32:
        site.fail()
        return None
    free = within.bits - within.length
    return site.derived(_spell((1 << 32) - (1 << free), 32))


def _cidrsubnet(arguments: tuple[Value, ...], site: Site) -> Value | None:
    given = _given(arguments, site)
    if given is None:
        return None
    within, (more, index) = given
    made = _subnet(within, more, index)
    if made is None:
        site.fail()
        return None
    return site.derived(made)


def _subnet(within: Range, more: int, index: int) -> str | None:
    length = within.length + more
    if not 0 <= length <= within.bits or (more >= 0 and not -(1 << more) <= index < 1 << more):
        return None
    if index < 0:
        # Terraform's own arithmetic loses the prefix here; nobody can mean its result.
        return _negative(within, length, index)
    first = within.first + (index << (within.bits - length))
    return f"{_spell(first, within.bits)}/{length}"


def _negative(within: Range, length: int, index: int) -> str:
    """Or the distance below zero into the range, without its sign and above the prefix too."""
    distance = abs(index << (within.bits - length))
    return f"{_spell(distance, within.bits)}/{length}"


def _cidrsubnets(arguments: tuple[Value, ...], site: Site) -> Value | None:
    """Lay subnets one after another, each at the next place where its size fits."""
    given = _given(arguments, site)
    if given is None:
        return None
    within, sizes = given
    following, end = within.first, within.first + (1 << (within.bits - within.length))
    found: list[Text] = []
    for more in sizes:
        length = within.length + more
        if not 1 <= more <= 32 or length > within.bits:
            site.fail()
            return None
        size = 1 << (within.bits - length)
        first = -(-following // size) * size
        if first + size > end:
            site.fail()
            return None
        found.append(site.derived(f"{_spell(first, within.bits)}/{length}"))
        following = first + size
    return Sequence(tuple(found), site.expression.span, None, "list")


ADDRESSES: dict[str, Function] = {
    "cidrhost": _cidrhost,
    "cidrnetmask": _cidrnetmask,
    "cidrsubnet": _cidrsubnet,
    "cidrsubnets": _cidrsubnets,
}
