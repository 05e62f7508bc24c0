"""wildcard/service-admin: every action of a service on every resource.

The services are those that a wildcard of the policy names; IAM is ``wildcard/admin``.
"""

from leastwise.iam.policy import Statement
from leastwise.rules.cases import Case
from leastwise.rules.gain import is_telemetry
from leastwise.rules.hits import Hit
from leastwise.semantics.access import allows_all
from leastwise.semantics.actions import action_index
from leastwise.semantics.model import Answer, RequestPattern

MESSAGE = "{subject} allows every action of {services} on every resource"
SHOWN = 4


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each statement that grants whole services."""
    found: dict[tuple[int, int], list[tuple[str, Answer]]] = {}
    for service in _services(case):
        answer = allows_all(case.access, RequestPattern(actions=(f"{service}:*",)))
        if answer.deciding and (answer.certainty == "proven" or answer.assumptions):
            first = answer.deciding[0]
            found.setdefault((id(first.policy), first.statement), []).append((service, answer))
    return tuple(_hit(answers) for answers in found.values())


def _services(case: Case) -> list[str]:
    statements = (s for p in case.access.identity for s in p.document.statements)
    named = [service for s in statements if s.effect == "Allow" for service in _in(s)]
    return sorted(set(named) - {"iam"})


def _in(statement: Statement) -> list[str]:
    if statement.actions.negated:
        return []
    known = action_index().services
    found = []
    for glob in statement.actions.globs:
        service, colon, name = (glob.literal or "").lower().partition(":")
        if colon and "*" in name and service in known:
            found.append(service)
    return found


def _hit(found: list[tuple[str, Answer]]) -> Hit:
    names = [service for service, _ in found]
    return Hit(
        "note" if all(is_telemetry(name) for name in names) else "warning",
        "proven" if all(a.certainty == "proven" for _, a in found) else "possible",
        tuple(answer for _, answer in found),
        MESSAGE,
        words={"services": listed(names, SHOWN)},
    )


def listed(names: list[str], shown: int) -> str:
    """Spell a list for people: ``a, b and 3 more``."""
    if len(names) > shown:
        return f"{', '.join(names[:shown])} and {len(names) - shown} more"
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"
