"""What kinds of resources run as a role, and which ARNs the calls name that take them over.

``data/workloads.csv`` has the kinds. ``same``: the calls name the declared resource itself.
``loose``: they name something that is made of it, an instance of an auto scaling group; ``maybe``:
so, and whether anybody makes one is not seen, or runs what the calls write. ``arns`` are more ARNs
that calls name beside the resource's own: ``service:resource``, where ``{i-*}`` is a part that AWS
invents, matching the glob, and ``{1}`` is a part of the own ARN's resource, the first being
``{0}``.

Sources: the Resource types of each service in the Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/) and data/README.md.
"""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from leastwise.iam.arns import Pieces, joined, segments
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Resource
from leastwise.source.value import Symbol

Relation: TypeAlias = Literal["same", "loose", "maybe"]

_TABLE = Path(__file__).parents[2] / "data" / "workloads.csv"
_RELATIONS: dict[str, Relation] = {"same": "same", "loose": "loose", "maybe": "maybe"}


class Row(NamedTuple):
    """Hold one line of the table; ``service`` is empty where no service assumes the role."""

    kind: str
    attribute: str
    relation: Relation
    arns: tuple[str, ...]
    service: str


def rows_of(resource: Resource) -> tuple[Row, ...]:
    """Return what a resource is that names a role where it does."""
    rows = _table().get(resource.type, ())
    return tuple(row for row in rows if _is_of(row, resource.role_attribute))


def _is_of(row: Row, label: str) -> bool:
    """Say whether a label (``stage[0].action[1].role_arn``) is of a row's attribute."""
    written = _unnumbered(label)
    return written == row.attribute or written.startswith(f"{row.attribute}.")


@lru_cache(maxsize=4096)
def _unnumbered(label: str) -> str:
    kept = label.split("[")
    return kept[0] + "".join(part.partition("]")[2] for part in kept[1:])


def arns_of(row: Row, resource: Resource, role: Pattern | None) -> Iterator[Pattern]:
    """Yield what calls name on a resource that runs as a role: its own ARN first, if any."""
    own = [] if resource.arn is None else segments(resource.arn)
    if resource.arn is not None and (row.relation == "same" or not row.arns):
        yield resource.arn
    for template in row.arns:
        yield spell(template, own if len(own) == 6 else [], role)


def spell(template: str, own: list[Pieces], role: Pattern | None) -> Pattern:
    """Spell an ARN beside the resource, in its account and region; else in the role's account.

    What AWS invents has one symbol for all of a kind: questions about it are asked once.
    """
    service, _, path = template.partition(":")
    known = own or _of_role(role)

    def part(index: int, name: str) -> Pieces:
        found = known[index] if known else ()
        return found or (Symbol(f"workload|{service}|{name}", f"its {name}"),)

    region = part(3, "region") if own else (Symbol(f"workload|{service}|region", "its region"),)
    pieces: list[str | Symbol] = ["arn:", *part(1, "partition"), f":{service}:", *region]
    pieces += [":", *part(4, "account"), ":"]
    parts = _parts(own[5]) if own else []
    for number, piece in enumerate(path.split("{")):
        field, brace, rest = piece.partition("}")
        if not brace:
            pieces.append(piece)
            continue
        word = path.partition("/")[0].partition(":")[0]
        symbol = Symbol(f"workload|{service}|{path}|{number}", f"its {word}")
        pieces += _field(field, parts, symbol)
        pieces.append(rest)
    return joined(tuple(pieces))


def _field(field: str, parts: list[Pieces], symbol: Symbol) -> Pieces:
    if not field.isdigit():
        return (Symbol(symbol.id, symbol.reference, field),)
    return parts[int(field)] if int(field) < len(parts) else (symbol,)


def _of_role(role: Pattern | None) -> list[Pieces]:
    found = [] if role is None else segments(role)
    return found if len(found) == 6 else []


def _parts(resource: Pieces) -> list[Pieces]:
    """Split the resource of an ARN at its slashes and colons."""
    found: list[list[str | Symbol]] = [[]]
    for piece in resource:
        if isinstance(piece, Symbol):
            found[-1].append(piece)
            continue
        for number, part in enumerate(piece.replace("/", ":").split(":")):
            if number:
                found.append([])
            if part:
                found[-1].append(part)
    return [tuple(part) for part in found]


@cache
def _table() -> Mapping[str, tuple[Row, ...]]:
    found: dict[str, tuple[Row, ...]] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines()[1:]:
        kind, name, attribute, relation, arns, service = line.split(",")
        row = Row(kind, attribute, _RELATIONS[relation], tuple(arns.split()), service)
        found[name] = (*found.get(name, ()), row)
    return found
