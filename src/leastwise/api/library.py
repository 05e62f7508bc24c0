"""The questions about access that the library answers, for documents and for whole accesses.

Users of the library have documents, the engine has policies that stand somewhere: this is what
lies between.
"""

from leastwise.iam.policy import PolicyDocument
from leastwise.semantics.compare import disjoint, equivalent, implies
from leastwise.semantics.decide import Unknowns
from leastwise.semantics.decide import decide as decide_access
from leastwise.semantics.given import access_of
from leastwise.semantics.model import Decision, EffectiveAccess, Request

__all__ = ["decide", "disjoint", "equivalent", "implies"]


def decide(
    request: Request, policies: PolicyDocument | EffectiveAccess, unknown: Unknowns = "against"
) -> Decision:
    """Say what AWS answers to a request.

    A document is judged alone, one with principals as a trust policy is. ``unknown`` says for
    whom counts what is not known: against the request, or for it.
    """
    access = access_of(policies) if isinstance(policies, PolicyDocument) else policies
    return decide_access(request, access, unknown)
