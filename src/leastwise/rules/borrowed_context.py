"""Tell requests that a caller can't make by itself: an AWS service has to make them for it.

``aws:CalledVia`` and its kin are in a request only where a service makes it for the caller
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html). Through
CloudFormation one does make any request, so that counts as the caller's own.
"""

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit

NEEDED = "that {service} makes this call for it"
_VIA = frozenset({"aws:calledvia", "aws:calledviafirst", "aws:calledvialast"})
_ANY_CALL = "cloudformation.amazonaws.com"


def borrowed(hit: Hit, case: Case) -> str | None:
    """Say which service must make the requests of a hit, or None where the caller makes them."""
    if case.kind not in ("policy", "principal"):
        return None
    for answer in hit.answers:
        for key, values in answer.witness.context if answer.witness is not None else ():
            if key in _VIA and _ANY_CALL not in values:
                return NEEDED.replace("{service}", values[0] if values else "an AWS service")
    return None
