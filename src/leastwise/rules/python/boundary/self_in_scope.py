"""boundary/self-in-scope: the delegate, which nothing binds, is one of those it may change.

It can put the boundary on itself, and then rewrite its own policies, the Deny statements that hold
it among them.
"""

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.boundary import delegation
from leastwise.rules.python.boundary.delegation import KEY, STRONG, Pin
from leastwise.rules.questions import own_resources, spellings, values
from leastwise.semantics.access import allows
from leastwise.semantics.known import has_words
from leastwise.semantics.model import Answer, RequestPattern

MESSAGE = (
    "{subject} has no permissions boundary and is among those it may change: it can put {boundary}"
    " on itself and then call {changing} on itself"
)
WAYS = ("Put{}Policy", "Attach{}Policy", "Detach{}Policy", "Delete{}Policy")


def decide(case: Case) -> tuple[Hit, ...]:
    """Make at most one hit."""
    principal = case.principal
    if principal is None or principal.boundary is not None or principal.id.name.literal is None:
        return ()
    for pin in delegation.pins(case):
        if not pin.is_open and has_words(pin.arn):
            hit = _judge(case, pin)
            if hit is not None:
                return (hit,)
    return ()


def _judge(case: Case, pin: Pin) -> Hit | None:
    kind = case.self_kind.title()
    put = _asked(case, f"iam:Put{kind}PermissionsBoundary", pin)
    if put.certainty != "proven":
        return None
    for way in WAYS:
        action = f"iam:{way.format(kind)}"
        answer = _asked(case, action, pin)
        if answer.certainty == "proven":
            return Hit(
                "warning",
                "proven",
                (put, answer),
                MESSAGE,
                words={"boundary": str(pin.arn), "changing": action},
                points_at="resource",
                is_chain=True,
            )
    return None


def _asked(case: Case, action: str, pin: Pin) -> Answer:
    strong = values(case, STRONG)
    attached = (("iam:policyarn", strong),) if "Attach" in action else ()
    resources = spellings(case, own_resources(case, ("self",)))
    context = ((KEY, (pin.arn,)), *attached)
    return allows(case.access, RequestPattern((action,), resources, context=context))
