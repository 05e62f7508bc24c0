"""Strangers: those who hold an AWS account and nothing else that a policy could ask for.

A stranger has whatever the holder of an account can give itself (tags, session names, external
ids), and none of what AWS says about others. The keys that tell strangers from others, and that a
broad range of addresses tells nobody, follow "The meaning of 'public'" in
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html;
IAM Access Analyzer's CheckNoPublicAccess asks the same of other services.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import product
from typing import NamedTuple, TypeAlias

from leastwise.iam.policy import Pattern, PolicyDocument
from leastwise.semantics.callers import STRANGER

_ACCOUNT = STRANGER
_NAME = "a-stranger"
_ROLE = f"arn:aws:iam::{_ACCOUNT}:role/{_NAME}"
_ORGANIZATION = "o-astranger0"
_OF_A_STRANGER: dict[str, tuple[str, ...]] = {
    "aws:principalaccount": (_ACCOUNT,),
    "aws:principalorgid": (_ORGANIZATION,),
    "aws:principalorgpaths": (f"{_ORGANIZATION}/*",),
    "aws:sourceaccount": (_ACCOUNT,),
    "aws:sourceorgid": (_ORGANIZATION,),
    "aws:sourceorgpaths": (f"{_ORGANIZATION}/*",),
    "aws:sourceowner": (_ACCOUNT,),
    "aws:sourcevpc": ("vpc-0a57a9e*",),
    "aws:sourcevpce": ("vpce-0a57a9e*",),
    "aws:userid": ("AROAASTRANGER*",),
    "aws:vpceaccount": (_ACCOUNT,),
    "aws:vpceorgid": (_ORGANIZATION,),
    "aws:vpceorgpaths": (f"{_ORGANIZATION}/*",),
    "kms:calleraccount": (_ACCOUNT,),
    "s3:dataaccesspointaccount": (_ACCOUNT,),
}
"""What the keys that say who calls hold in a stranger's requests, as globs."""
_ARNS_OF_A_STRANGER: dict[str, str] = {
    "aws:sourcearn": f"arn:aws:sns:us-east-1:{_ACCOUNT}:{_NAME}",
    "aws:sourcevpcarn": f"arn:aws:ec2:us-east-1:{_ACCOUNT}:vpc/vpc-0a57a9e",
    "s3:dataaccesspointarn": f"arn:aws:s3:us-east-1:{_ACCOUNT}:accesspoint/{_NAME}",
}
"""Likewise for keys that hold an ARN, beside those that wildcards of a policy let in."""
_NEVER = frozenset({"aws:principalservicename", "aws:principalservicenameslist"})
"""Keys that only requests of AWS services carry."""
_FALSE = frozenset({"aws:principalisawsservice", "elasticfilesystem:accessedviamounttarget"})
_ALWAYS = frozenset({"aws:principalaccount", "aws:userid", "kms:calleraccount"})
_ADDRESS = "aws:sourceip"
_CALLER = "aws:principalarn"
MOST_CASES = 256
"""Ways to come that are tried together; a document that tells more apart is not decided."""
_TELLING = 6
"""Characters before a wildcard that tell whose an account, organization or network is."""
_BROAD_V4, _BROAD_V6 = 8, 32
"""Ranges with shorter prefixes than these hold strangers, as S3 reads them."""

_Given: TypeAlias = tuple[str, tuple[Pattern, ...] | None]
Network: TypeAlias = IPv4Network | IPv6Network


class Stranger(NamedTuple):
    """Hold one way in which a stranger may come: its ARN and the keys of its requests."""

    arn: str
    context: tuple[_Given, ...]


def strangers(document: PolicyDocument) -> Iterator[Stranger]:
    """Yield the ways that make a difference to a document; most have no key to tell apart."""
    keys = {c.key_name for s in document.statements for c in s.conditions}
    for arn in _arns(document):
        for row in ways(document, tuple(sorted(keys))):
            yield Stranger(arn, row)


def ways(document: PolicyDocument, keys: tuple[str, ...]) -> Iterator[tuple[_Given, ...]]:
    """Yield what some keys (lower case) may hold in a stranger's requests, where it matters."""
    tested = {c.key_name for s in document.statements for c in s.conditions}
    told = [[*_values(key, document)] for key in keys if key in tested]
    yield from product(*(values for values in told if values))


def numbers(globs: Iterable[str]) -> Iterator[str]:
    """Yield an account for each glob over accounts that says too little to tell whose it is."""
    return (_number(glob) for glob in globs if _is_short(glob))


def _values(key: str, document: PolicyDocument) -> Iterator[_Given]:
    if key in _NEVER:
        yield key, None
    elif key in _FALSE:
        yield key, (Pattern(("false",)),)
    elif key == _ADDRESS:
        yield from ((key, (Pattern((address,)),)) for address in _addresses(document))
        # through an endpoint of its own network a request has no public address
        yield key, None
    elif key in _ARNS_OF_A_STRANGER:
        arns = (_ARNS_OF_A_STRANGER[key], *_let_in(document, key))
        yield from ((key, (Pattern((arn,)),)) for arn in dict.fromkeys(arns))
        yield key, None
    elif key in _OF_A_STRANGER:
        globs = dict.fromkeys((*_OF_A_STRANGER[key], *_short(document, key)))
        yield key, tuple(Pattern((glob,)) for glob in globs)
        if key not in _ALWAYS:
            yield key, None


def _written(document: PolicyDocument, key: str) -> Iterator[str]:
    for statement in document.statements:
        for condition in statement.conditions:
            if condition.key_name == key:
                yield from (value.literal or "" for value in condition.values)


def _short(document: PolicyDocument, key: str) -> list[str]:
    """List the globs that say too little of a name to tell whose it is.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    (wildcard usage too permissive)
    """
    return [value for value in _written(document, key) if _is_short(value)]


def _is_short(glob: str) -> bool:
    lead, star, _ = glob.replace("?", "*").partition("*")
    return bool(star) and "${" not in glob and len(lead) < _TELLING


def _arns(document: PolicyDocument) -> Iterator[str]:
    """Yield a stranger's ARN, and those that wildcards of the document let in."""
    found = [_ROLE]
    accounts = numbers(_written(document, "aws:principalaccount"))
    found += (f"arn:aws:iam::{number}:role/{_NAME}" for number in accounts)
    for arn in _let_in(document, _CALLER):
        head, _, name = arn.rpartition(":")
        found.append(arn if "/" in name else f"{head}:role/{name}")
    yield from dict.fromkeys(found)


def _let_in(document: PolicyDocument, key: str) -> Iterator[str]:
    """Yield ARNs of strangers that the wildcards of a condition let in."""
    for value in _written(document, key):
        parts = value.split(":", 5)
        if len(parts) != 6:
            if key == _CALLER and _is_open(value):
                yield role_named_as(value, _ACCOUNT)
            continue
        account, name = parts[4], parts[5]
        # The name of a bucket is all that says whose it is.
        of_bucket = not account or (parts[2] == "s3" and not name.startswith("accesspoint"))
        if _is_open(name if of_bucket else account):
            account = _number(account)
            fills = ("aws", "x", "x", "9", _NAME)
            pairs = zip((*parts[1:4], account, name), fills, strict=True)
            yield ":".join(["arn", *(p.replace("*", f).replace("?", "x") for p, f in pairs)])


def _number(glob: str) -> str:
    """Return an account that a glob over accounts lets in."""
    missing = 12 - len(glob.replace("*", ""))
    return glob.replace("*", "9" * missing, 1).replace("*", "").replace("?", "9")


def role_named_as(glob: str, account: str, partition: str = "aws") -> str:
    """Make up the ARN of a role for a glob whose star crosses the colons of ARNs.

    Whether the glob lets it in is for the engine to say.
    """
    name = glob.replace("?", "x").partition("*")[2].lstrip("*:/").replace("*", "x")
    path = name if name.startswith(("role/", "user/", "assumed-role/")) else f"role/{name or 'x'}"
    return f"arn:{partition}:iam::{account}:{path}"


def _is_open(text: str) -> bool:
    return "*" in text or "?" in text


def _addresses(document: PolicyDocument) -> Iterator[str]:
    """Yield an address that no narrow range of the document holds, and one of each broad one."""
    networks = [n for value in _written(document, _ADDRESS) if (n := _network(value)) is not None]
    narrow = [n for n in networks if not _is_broad(n)]
    broad = [n for n in networks if _is_broad(n)]
    everywhere: tuple[Network, ...] = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))
    for network in (*everywhere, *broad):
        rest = [n for n in (*narrow, *broad) if n != network and not _encloses(n, network)]
        address = _outside(network, rest)
        if address is not None:
            yield address


def _network(text: str) -> Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _is_broad(network: Network) -> bool:
    if network.version == 4:
        return network.prefixlen < _BROAD_V4 and not network.is_private
    return network.prefixlen < _BROAD_V6


def _encloses(wide: Network, narrow: Network) -> bool:
    if isinstance(wide, IPv4Network) and isinstance(narrow, IPv4Network):
        return narrow.subnet_of(wide)
    if isinstance(wide, IPv6Network) and isinstance(narrow, IPv6Network):
        return narrow.subnet_of(wide)
    return False


_LIKELY = ("203.0.113.99", "198.51.100.77", "192.0.2.88", "2001:db8::57a9")


def _outside(network: Network, taken: list[Network]) -> str | None:
    """Return an address of a network that is in none of the others, an example's if possible."""
    from ipaddress import ip_address

    likely = (ip_address(text) for text in _LIKELY)
    ends = (n.broadcast_address + 1 for n in taken if int(n.broadcast_address) + 1 < 2**32)
    for address in (*likely, network.network_address + 1, *ends):
        if address in network and not any(address in other for other in taken):
            return str(address)
    return None
