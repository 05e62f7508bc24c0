"""boundary/absent: a role or user lacks the permissions boundary that the team requires.

Without ``required-boundary`` in the configuration any boundary will do. Roles that belong to AWS
(service-linked ones, those of IAM Identity Center) can't have one.
"""

from leastwise.iam.policy import Pattern
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.semantics.model import Certainty
from leastwise.semantics.readings import resource_matches

NONE = "{subject} has no permissions boundary"
REQUIRED = "{subject} has no permissions boundary; {required} is required"
OTHER = "{subject} has the permissions boundary {boundary}; {required} is required"
_OF_AWS = ("aws-service-role/", "aws-reserved/")


def decide(case: Case) -> tuple[Hit, ...]:
    """Make at most one hit."""
    principal = case.principal
    if principal is None or principal.kind not in ("role", "user"):
        return ()
    if str(principal.id.name).startswith(_OF_AWS):
        return ()
    required = case.view.config.required_boundary
    if principal.boundary is None:
        message = NONE if required is None else REQUIRED
        return (_hit(case, message, "proven", {"required": required or ""}),)
    if required is None:
        return ()
    arn = principal.boundary.policy.arn
    is_it = None if arn is None else _is_required(arn, required)
    if is_it is True or is_it is None:
        return ()
    words = {"required": required, "boundary": str(arn)}
    return (_hit(case, OTHER, "proven", words),)


def _is_required(arn: Pattern, required: str) -> bool | None:
    """Say whether a boundary is the one required; None: that rests on values not known."""
    return resource_matches((required,), arn.pieces)


def _hit(case: Case, message: str, certainty: Certainty, words: dict[str, str]) -> Hit:
    principal = case.principal
    return Hit(
        "warning",
        certainty,
        (),
        message,
        words=words,
        span=None if principal is None else principal.span,
    )
