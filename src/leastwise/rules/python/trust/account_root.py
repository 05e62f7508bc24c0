"""trust/account-root: every principal of the own account may assume the role, as far as it goes.

The account delegates to its own policies: whoever holds sts:AssumeRole on the role, or on ``*``.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from leastwise.entry.attackers import WayIn
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.trust.ways import entry_span, ways_of

MESSAGE = "{subject} can be assumed by every principal of its account that may call sts:AssumeRole"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each Allow that lets in whom nobody names."""
    return tuple(_hit(way) for way in ways_of(case) if way.kind == "own-account")


def _hit(way: WayIn) -> Hit:
    return Hit(
        "note",
        way.answer.certainty,
        (way.answer,),
        MESSAGE,
        points_at="principal",
        span=entry_span(way.entry, way.answer),
    )
