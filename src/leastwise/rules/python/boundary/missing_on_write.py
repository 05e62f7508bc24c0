"""boundary/missing-on-write: policies can be given to roles or users that nothing binds.

A delegate must name the boundary when it creates; what was there before has none. So the grants
that give policies need the condition too. Nobody but AWS changes service-linked roles:
https://docs.aws.amazon.com/IAM/latest/UserGuide/create-service-linked-role.html
"""

from leastwise.iam.policy import Pattern, Patterns, PolicyDocument, Statement
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.boundary import delegation
from leastwise.rules.python.boundary.delegation import KINDS
from leastwise.rules.questions import ask
from leastwise.semantics.model import Answer

MESSAGE = (
    "{subject} must name a boundary when it creates a {kind}, but can call {action} on one that has"
    " none"
)
INSIDE = f"{MESSAGE}, if there is such a {{kind}} under the names that it may create"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make at most one hit for roles and one for users."""
    if not delegation.guards(case) or delegation.unbound(case).certainty != "no":
        return ()
    found = (_judge(case, kind) for kind in KINDS)
    return tuple(hit for hit in found if hit is not None)


def _judge(case: Case, kind: str) -> Hit | None:
    case = _without(case, (SERVICE_LINKED,))
    guards = delegation.guards(case, f"iam:Create{kind}", *(f"iam:{w}{kind}Policy" for w in _WAYS))
    if not guards:
        return None
    inside: Hit | None = None
    for question in delegation.writes(kind, None):
        answer = ask(case, question)
        if answer.certainty == "no":
            continue
        outside = ask(_outside(case, kind), question)
        if outside.certainty != "no":
            return _hit(case, kind, outside, outside=True)
        inside = inside or _hit(case, kind, answer, outside=False)
    return inside


_WAYS = ("Put", "Attach")
SERVICE_LINKED = Pattern(("arn:*:iam::*:role/aws-service-role/*",))


def _outside(case: Case, kind: str) -> Case:
    """Leave out the names that the subject may create: what it made itself there is bound."""
    made = [g.statement for g in delegation.guards(case, f"iam:Create{kind}")]
    scopes = [s.resources for s in made if s.effect == "Allow" and s.resources is not None]
    globs = tuple(glob for scope in scopes if not scope.negated for glob in scope.globs)
    return _without(case, globs) if globs else case


def _without(case: Case, globs: tuple[Pattern, ...]) -> Case:
    """Leave resources out of what the subject may do."""
    every = Patterns((Pattern(("*",)),))
    deny = Statement("Deny", every, Patterns(globs))
    policy = Policy("", "", "identity", PolicyDocument((deny,)), "concrete", None)
    access = case.access._replace(identity=(*case.access.identity, policy))
    return case._replace(access=access)


def _hit(case: Case, kind: str, answer: Answer, *, outside: bool) -> Hit:
    reason, condition = delegation.why(case, (answer,))
    message = MESSAGE if outside else INSIDE
    return Hit(
        "error" if outside else "warning",
        answer.certainty,
        (answer,),
        f"{message}: {reason}" if reason else message,
        words={"kind": kind.lower()},
        span=None if condition is None else condition.span,
    )
