"""Say who from outside enters which role: what trust policies alone let in, as edges of the graph.

Callers of the own account are no outsiders: they come by sts:AssumeRole, which their own policies
have to allow too. What their own policies of other accounts' callers allow is never in view.
"""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.config.model import Config
from leastwise.entry.attackers import WayIn, WayKind, is_from_outside, ways_in
from leastwise.entry.tokens import accepted, claim_of
from leastwise.graph.gains.signatures import wording
from leastwise.graph.model import NodeKind
from leastwise.iam.arns import segments
from leastwise.iam.policy import Pattern, PrincipalEntry, Statement
from leastwise.iam.project import Policy, Principal, Project
from leastwise.semantics.known import in_place
from leastwise.semantics.model import Answer, Certainty
from leastwise.source.value import Symbol

_KINDS: dict[WayKind, NodeKind] = {
    "anyone": "anyone",
    "network": "anyone",
    "foreign-tenant": "federated",
    "tenant": "federated",
    "foreign-account": "account",
    "organization": "account",
    "principal": "account",
    "service": "service",
}
_MOST_SUBJECTS = 3


class Entrance(NamedTuple):
    """Hold one way into a role: who may take it, and the answer that shows it.

    Outsiders with equal ``kind`` and ``label`` are one node. ``whole``: every principal of that
    account. ``unguarded``: strangers surely enter (see ``entry.attackers.is_from_outside``).
    """

    kind: NodeKind
    label: str
    role: Principal
    certainty: Certainty
    answer: Answer
    whole: bool = False
    unguarded: bool = False


def entrances(project: Project, config: Config) -> tuple[Entrance, ...]:
    """List who from outside enters which role, in the order of the roles and of their statements.

    Accounts and principals that the configuration calls its own or trusts are left out.
    """
    known: dict[object, tuple[WayIn, ...]] = {}
    in_view = frozenset(p.arn.pieces for p in project.principals)
    found: list[Entrance] = []
    for role in project.principals:
        if role.trust is None:
            continue
        # Who may enter depends on what the policy says and in which account it does, no more.
        key = wording(role.trust), tuple(segments(role.arn)[:5])
        ways = known.get(key)
        if ways is None:
            ways = known[key] = ways_in(role.trust, config, role)
        outside = (w for w in ways if not _is_inside(w, in_view))
        found += _surest(_entrance(role, role.trust, w) for w in outside)
    return tuple(found)


def _is_inside(way: WayIn, in_view: frozenset[object]) -> bool:
    """Tell whether the graph has the callers itself: those of the own account, and who is in view.

    SOUND: an account that is not known by its number is taken to be the role's own.
    """
    if way.kind == "own-account" or way.own:
        return way.kind != "organization"
    if way.kind != "principal" or way.entry is None:
        return False
    return way.whole or way.entry.pattern.pieces in in_view or not _is_one(way.entry)


def _is_one(entry: PrincipalEntry) -> bool:
    """Tell whether an entry names somebody, and not the account that is not known."""
    parts = segments(entry.pattern)
    return len(parts) != 6 or parts[5] != ("root",)


def _surest(found: Iterator[Entrance]) -> list[Entrance]:
    """Keep one entrance for each outsider: the surest, the first of equal ones."""
    kept: dict[tuple[NodeKind, str], Entrance] = {}
    for one in found:
        key = one.kind, one.label
        best = kept.get(key)
        if best is None or _rank(one) > _rank(best):
            kept[key] = one
    return list(kept.values())


def _rank(one: Entrance) -> tuple[bool, bool]:
    return one.unguarded, one.certainty == "proven"


def _entrance(role: Principal, trust: Policy, way: WayIn) -> Entrance:
    # The ways are those of the first role with such a policy; this one's stands elsewhere.
    answer = in_place(way.answer, trust)
    return Entrance(
        _KINDS[way.kind],
        _label(way, answer),
        role,
        answer.certainty,
        answer,
        whole=way.whole,
        unguarded=is_from_outside(way),
    )


def _label(way: WayIn, answer: Answer) -> str:
    if way.kind == "anyone":
        return "anyone"
    if way.kind == "network":
        return "anyone on a network that is named"
    if way.kind == "foreign-tenant":
        return f"anyone at {way.who}"
    if way.kind == "organization":
        return f"organization {way.who}"
    if way.kind == "tenant":
        return _tenant(way, answer)
    return way.who if way.whole or way.entry is None else _as_written(way.entry.pattern)


def _as_written(pattern: Pattern) -> str:
    """Spell a pattern; an ARN that is one expression as that, not by what stands for its parts."""
    parts = [p.reference.partition("#") for p in pattern.pieces if isinstance(p, Symbol)]
    split = {whole for whole, _, part in parts if part}
    return f"${{{split.pop()}}}" if len(split) == 1 else str(pattern)


def _tenant(way: WayIn, answer: Answer) -> str:
    """Name an identity provider as people know it, with the subjects that the policy asks for."""
    for decided in answer.deciding:
        document = decided.policy.document
        for one in accepted(document):
            principals = document.statements[one.statement].principals
            entries = () if principals is None else principals.entries[one.entry : one.entry + 1]
            if one.statement == decided.statement and way.entry in entries:
                return _with_subjects(one.label, document.statements[one.statement])
    return way.who


def _with_subjects(label: str, statement: Statement) -> str:
    subjects = [
        str(value)
        for condition in statement.conditions
        if claim_of(condition) == "sub" and "Not" not in condition.operator.name
        for value in condition.values
    ]
    if not subjects:
        return label
    more = ["..."] if len(subjects) > _MOST_SUBJECTS else []
    return f"{label} ({', '.join((*subjects[:_MOST_SUBJECTS], *more))})"
