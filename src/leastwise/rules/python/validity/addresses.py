"""The IP addresses and blocks of conditions: private ones, and blocks spelled off their edge."""

from leastwise.iam.policy import Condition
from leastwise.rules.python.validity.written_condition import literals
from leastwise.semantics.operators import parse_network

_PRIVATE = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "fc00::/7",
    "fe80::/10",
    "127.0.0.0/8",
)
"""RFC 1918, unique local and link-local addresses: the internet has none of them."""


def is_private(text: str) -> bool:
    """Say whether a block holds private addresses only; what is no block does not."""
    block = parse_network(text)
    return block is not None and any(_is_inside(block, name) for name in _PRIVATE)


def _is_inside(block: object, name: str) -> bool:
    from ipaddress import IPv4Network, IPv6Network

    other = parse_network(name)
    if isinstance(block, IPv4Network) and isinstance(other, IPv4Network):
        return block.subnet_of(other)
    if isinstance(block, IPv6Network) and isinstance(other, IPv6Network):
        return block.subnet_of(other)
    return False


def all_private(condition: Condition) -> bool:
    """Say whether all values of a condition are known, and private."""
    values = [text for text, _ in literals(condition)]
    whole = condition.tail is None and len(values) == len(condition.values)
    return whole and bool(values) and all(map(is_private, values))


def edge(text: str) -> str | None:
    """Return the block as it begins at its edge (``10.0.0.0/8`` for ``10.1.0.0/8``), or None."""
    block = parse_network(text)
    if block is None or "/" not in text:
        return None
    return None if str(block.network_address) == _address(text) else str(block)


def _address(text: str) -> str:
    address = parse_network(text.partition("/")[0])
    return "" if address is None else str(address.network_address)
