"""governance/forbidden-action: somebody may call what the team's configuration forbids."""

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.semantics.access import allows
from leastwise.semantics.model import Answer, RequestPattern

MESSAGE = "{subject} may call {action}, which the configuration forbids"
BY_GLOB = "{subject} may call {action}, which the configuration forbids as {forbidden}"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each forbidden action that is allowed; expected administrators may."""
    if case.accepted is not None:
        return ()
    found = []
    for forbidden in case.view.config.forbidden_actions:
        answer = allows(case.access, RequestPattern(actions=(forbidden,)))
        if answer.certainty != "no":
            found.append(_hit(forbidden, answer))
    return tuple(found)


def _hit(forbidden: str, answer: Answer) -> Hit:
    action = forbidden if answer.witness is None else answer.witness.action
    return Hit(
        "error",
        answer.certainty,
        (answer,),
        MESSAGE if action.lower() == forbidden.lower() else BY_GLOB,
        words={"action": action, "forbidden": forbidden},
        key=(forbidden.lower(),),
    )
