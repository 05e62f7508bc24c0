"""wildcard/resource-wider-than-declared: every resource of a type, where few are declared beside.

The resources of the same root say what the statement was probably written for. One whose name is
not known counts as declared. Roles, users and policies are left to the rules on escalation: who
manages them manages those to come.
"""

from collections.abc import Mapping
from functools import lru_cache

from leastwise.graph.gains.gain import is_telemetry
from leastwise.iam.arns import Pieces, joined, segments, spelled
from leastwise.iam.policy import Pattern, Statement
from leastwise.iam.project import Resource
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.wildcard.on_every import (
    EXTENTS,
    Opened,
    bits_of_wide,
    known_actions,
    opened,
)
from leastwise.rules.python.wildcard.weights import (
    CREDENTIAL_READS,
    DATA_READS,
    bits_among,
    is_change,
)
from leastwise.rules.wording import listed
from leastwise.semantics.actions import ActionInfo, action_index, info
from leastwise.semantics.arn_formats import formats_of
from leastwise.semantics.callers import UNNAMED
from leastwise.semantics.readings import resource_matches

MESSAGE = (
    "{subject} {may} call {actions} on {extent}, "
    "while nothing of that type but {declared} is declared here"
)
SHOWN = 3
MANY = 10
"""Resources of one type that a statement can be asked to name; beyond, a wildcard is no news."""
_IAM = "iam"
_BUCKETS = "s3"
_Declared = Mapping[str, tuple[Resource, ...]]


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each statement."""
    root = case.view.project.owner(case.policy, case.principal)
    here = (case.view.project.declared or {}).get(root, ()) if root is not None else ()
    if not here:
        return ()
    declared = _by_service(here)

    def chosen(statement: Statement) -> list[ActionInfo]:
        return [k for k in _worth_naming(statement) if _named(k, statement, declared)]

    hits = (_hit(found, declared) for found in opened(case, chosen))
    return tuple(hit for hit in hits if hit is not None)


@lru_cache(maxsize=64)
def _by_service(declared: tuple[Resource, ...]) -> _Declared:
    """Sort resources by the service of their ARNs."""
    found: dict[str, tuple[Resource, ...]] = {}
    for one in declared:
        parts = segments(one.arn) if one.arn is not None else []
        service = spelled(parts[2]) if len(parts) == 6 else None
        if service not in (None, _IAM):
            found[service] = (*found.get(service, ()), one)
    return found


def _worth_naming(statement: Statement) -> list[ActionInfo]:
    """List the changes and reads of data of a statement that are asked of what exists."""
    return [k for k in known_actions(bits_of_wide(statement)) if _is_worth_naming(k.name)]


@lru_cache(maxsize=4096)
def _is_worth_naming(action: str) -> bool:
    known = info(action)
    service, _, name = action.partition(":")
    if known is None or is_telemetry(service) or known.access_level == "Tagging":
        return False
    if any(name.lower() == f"create{f.type.replace('-', '')}" for f in formats_of(action)):
        return False
    reads = bits_among(CREDENTIAL_READS + DATA_READS)
    return is_change(known) or bool(action_index().bits(action) & reads)


def _type_of(known: ActionInfo) -> str | None:
    """Return the ARNs of the one type that an action takes, parts of it aside."""
    formats = [f for f in known.arn_formats if ":accesspoint/" not in f] or known.arn_formats
    shortest = min(formats, key=len)
    return shortest if all(f.startswith(shortest) for f in formats) else None


def _named(known: ActionInfo, statement: Statement, declared: _Declared) -> tuple[Resource, ...]:
    """Return the resources that an action of a statement could name instead, unless too many."""
    arn_format = _type_of(known)
    if arn_format is None or statement.resources is None:
        return ()
    globs = statement.resources.globs
    found = tuple(
        one
        for one in declared.get(arn_format.split(":", 3)[2], ())
        if any(
            any(resource_matches((arn_format,), sample) is True for sample in _samples(arn))
            and any(resource_matches(glob.pieces, arn.pieces) is not False for glob in globs)
            for arn in _arns(one)
        )
    )
    return found if len(found) <= MANY else ()


def _arns(declared: Resource) -> tuple[Pattern, ...]:
    """Return what a resource is asked for as: a bucket stands for what is in it."""
    arn = declared.arn
    if arn is None:
        return ()
    if spelled(segments(arn)[2]) != _BUCKETS:
        return (arn,)
    return (arn, joined((*arn.pieces, f"/{UNNAMED}")))


def _samples(arn: Pattern) -> tuple[Pieces, ...]:
    """Return an ARN with a name, and with a path, in place of what is not known."""
    return tuple(
        tuple(p if isinstance(p, str) else p.glob.replace("*", name) for p in arn.pieces)
        for name in (UNNAMED, f"{UNNAMED}/{UNNAMED}")
    )


def _hit(opening: Opened, declared: _Declared) -> Hit | None:
    found = [one for one in opening.found if one.extent != "other-account"]
    if not found:
        return None
    statement = opening.cut.statement
    among = (r for one in found for r in _named(one.known, statement, declared))
    names = list(dict.fromkeys(map(_label, among)))
    actions = listed([one.known.name for one in found], SHOWN)
    return Hit(
        "note",
        "proven" if any(one.answer.certainty == "proven" for one in found) else "possible",
        tuple(one.answer for one in found),
        MESSAGE,
        words={
            "actions": actions + (" at least" if opening.more else ""),
            "extent": EXTENTS[found[0].extent],
            "declared": listed(names, SHOWN),
        },
        points_at="resource",
    )


def _label(declared: Resource) -> str:
    """Name a resource with its type, which only Terraform's addresses hold."""
    address, kind = declared.address, declared.type
    return address if kind in address else f"{kind} {address}"
