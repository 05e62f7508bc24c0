"""boundary/missing-on-create: create a role or user that no boundary binds, and give it policies.

A guard on the create call that requires nothing is told even where nothing in view gives policies
to what is created: it is plainly meant to require something.
"""

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.boundary import delegation
from leastwise.rules.python.boundary.delegation import KINDS, NO_BOUND
from leastwise.rules.questions import ask
from leastwise.semantics.model import Answer, Certainty

CREATED = (
    "{subject} can call {action} without a permissions boundary that binds, and give policies to"
    " what it creates"
)
ALONE = "{subject} can call {action} without a permissions boundary that binds"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for the subject."""
    outcome = delegation.unbound(case)
    if outcome.certainty != "no":
        return (_hit(case, CREATED, "error", outcome.certainty, outcome.answers),)
    if not delegation.guards(case, "iam:CreateRole", "iam:CreateUser"):
        return ()
    for boundary in (None, NO_BOUND):
        for kind in KINDS:
            answer = ask(case, delegation.creates(kind, boundary))
            if answer.certainty != "no" and delegation.is_guarded(answer):
                level: Level = "error" if boundary is None else "warning"
                return (_hit(case, ALONE, level, answer.certainty, (answer,)),)
    return ()


def _hit(
    case: Case, message: str, level: Level, certainty: Certainty, answers: tuple[Answer, ...]
) -> Hit:
    reason, condition = delegation.why(case, answers)
    return Hit(
        level,
        certainty,
        answers,
        f"{message}: {reason}" if reason else message,
        span=None if condition is None else condition.span,
        is_chain=len(answers) > 1,
    )
