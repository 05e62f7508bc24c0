"""Say what a principal brings to its requests: policies, boundary, and who it is.

The layers that stand elsewhere (the policy of the resource that is asked for, those of an
organization, a session's) are added by whoever knows them.
"""

from leastwise.iam.project import Principal
from leastwise.semantics.model import EffectiveAccess


def access_of(principal: Principal) -> EffectiveAccess:
    """Return the access that a principal's own policies and its boundary give.

    Policies held through groups are among its attachments. A boundary that is named but not in
    view stays as it is: its document is opaque.
    """
    boundary = principal.boundary
    return EffectiveAccess(
        identity=tuple(dict.fromkeys(a.policy for a in principal.attachments)),
        boundary=None if boundary is None else (boundary.policy,),
        caller_kind=principal.kind,
        caller_arn=principal.arn,
        open=principal.attachments_open,
        scps=principal.scps,
    )
