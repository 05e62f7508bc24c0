"""trust/confused-deputy: a service may use the role for another account.

Only services that act for resources of other accounts, or that AWS documents so, are asked
(``data/acting_services.csv``): software on Lambda, EC2 or ECS gets its role from whoever may pass
it, which is somebody of the own account.
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

import csv
from functools import lru_cache
from importlib.resources import files

from leastwise.entry.asked_trust import ASSUME, OUTSIDER, asked, one
from leastwise.entry.attackers import WayIn
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.trust.ways import entry_span, ways_of
from leastwise.semantics.model import Answer, CallerPattern, Context, RequestPattern

MESSAGE = "{subject} can be used by {service} for a resource of another account"
_NO_SOURCE: Context = (
    ("aws:sourceaccount", None),
    ("aws:sourcearn", None),
    ("aws:sourceorgid", None),
    ("aws:sourceorgpaths", None),
)
_MOST = 16


@lru_cache(maxsize=1)
def acting_services() -> frozenset[str]:
    """Return the service principals that act for resources of other accounts."""
    text = files("leastwise.data").joinpath("acting_services.csv").read_text(encoding="utf-8")
    return frozenset(row["service"] for row in csv.DictReader(text.splitlines()))


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each service that does not have to say for whom it acts."""
    found = []
    for way in ways_of(case):
        if way.kind == "service" and _is_acting(way.who):
            answer = _for_another(case, way)
            if answer is not None:
                found.append(_hit(way, answer))
    return tuple(found)


def _is_acting(name: str) -> bool:
    """Tell whether a service is one of the table, also by its name in a Region or partition."""
    service, *rest = name.lower().split(".")
    return bool(rest) and f"{service}.amazonaws.com" in acting_services()


def _for_another(case: Case, way: WayIn) -> Answer | None:
    trust = case.access.trust
    if trust is None:
        return None
    caller = CallerPattern("Service", Pattern((way.who,)))
    for context in (_foreign(trust, way.who), _NO_SOURCE):
        answer = asked(trust, RequestPattern((ASSUME,), principal=caller, context=context))
        if answer is not None:
            return answer
    return None


def _foreign(trust: Policy, service: str) -> Context:
    """Return what a service says that acts for another account, named as conditions allow it."""
    name = service.partition(".")[0]
    arns = [f"arn:aws:{name}:us-east-1:{OUTSIDER}:resource/another"]
    for statement in trust.document.statements:
        for condition in statement.conditions:
            if condition.key_name == "aws:sourcearn":
                arns += [_of_outsider(value) for value in condition.values]
    values = tuple(Pattern((arn,)) for arn in dict.fromkeys(arns) if arn)
    return (
        ("aws:sourceaccount", one(OUTSIDER)),
        ("aws:sourcearn", values[:_MOST]),
        ("aws:sourceorgid", None),
        ("aws:sourceorgpaths", None),
    )


def _of_outsider(arn: Pattern) -> str:
    """Put another account into an ARN; empty where it has none."""
    parts = (arn.literal or "").split(":", 5)
    if len(parts) < 6 or not parts[4]:
        return ""
    return ":".join((*parts[:4], OUTSIDER, parts[5])).replace("*", "x").replace("?", "x")


def _hit(way: WayIn, answer: Answer) -> Hit:
    return Hit(
        "note",
        answer.certainty,
        (answer,),
        MESSAGE,
        words={"service": way.who},
        points_at="principal",
        span=entry_span(way.entry, answer),
    )
