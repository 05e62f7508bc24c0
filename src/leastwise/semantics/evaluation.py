"""Say how the layers of policies combine: which of them must allow a request, for whom.

Pure classification, without matching, so that ``decide`` and the search say the same. Sources,
pages of https://docs.aws.amazon.com/IAM/latest/UserGuide/ unless said otherwise:

- One account: an identity or a resource policy must allow; for whom the resource policy names
  the caller by, other layers limit it or not. Role trust policies and KMS key policies must
  themselves allow (reference_policies_evaluation-logic_policy-eval-denyallow.html).
- Two accounts: both sides must allow (reference_policies_evaluation-logic-cross-account.html).
- SCPs bind users, roles and root users of member accounts, but not service-linked roles
  (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
- RCPs bind requests to resources of member accounts, whoever makes them, but for service-linked
  roles (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html).
"""

from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from leastwise.iam.policy import PolicyDocument, PrincipalEntry, PrincipalType, Statement
from leastwise.iam.project import Policy
from leastwise.semantics.model import Caller, EffectiveAccess, Layer, Request
from leastwise.semantics.pattern import Pieces, Tokens, arn_segments, globs_of, tokenize
from leastwise.semantics.principals import account_of, entry_matches, is_everyone
from leastwise.semantics.truth import Truth
from leastwise.source.value import Symbol

Grant: TypeAlias = Literal["final", "capped", "delegates"]
"""How far an Allow of a resource policy reaches, within one account.

``final``: no implicit deny of another layer limits it, but for SCPs, RCPs and endpoints.
``capped``: permissions boundary and session policy limit it. ``delegates``: an identity policy
must allow as well.
"""

Standing: TypeAlias = Literal["identity", "root", "none"]
"""What a caller brings along: policies of its own, an account as its root user, or nothing."""

_STRENGTH: dict[Grant, int] = {"delegates": 0, "capped": 1, "final": 2}
_OWN: tuple[Layer, ...] = ("identity", "boundary", "session")
ALWAYS_REQUIRED: tuple[Layer, ...] = ("scp", "endpoint")
"""Layers that must allow whoever grants, where they are present (every level of SCPs)."""

UNSEEN = Policy(
    address="",
    attribute="",
    kind="identity",
    document=PolicyDocument((), opaque=Symbol("unseen", "further policies")),
    resolution="opaque",
    span=None,
)
"""What may stand in policies of a principal that are not known."""

NO_PERMISSION_NEEDED = "sts:GetCallerIdentity"
"""See ``needs_no_permission``."""

RCP_SERVICES = ("s3", "sts", "kms", "sqs", "secretsmanager")
"""Services that RCPs reach for sure; AWS extends the list."""

GATEWAY_SERVICES = ("s3", "dynamodb")
"""Services with gateway endpoints (see ``is_uncertain_caller``)."""


def standing_of(kind: PrincipalType, name: Pieces) -> Standing:
    """Tell what policies a caller can have; services, identity providers, anonymous: none."""
    if kind != "AWS":
        return "none"
    return _standing(name, globs_of(name))


@lru_cache(maxsize=8192)
def _standing(name: Pieces, globs: tuple[str, ...]) -> Standing:
    # INVARIANT: a cached row stands for symbols of the same globs (``globs`` is in the key).
    del globs
    return "root" if _part(tokenize(name, plain=True) or (), "root") == () else "identity"


def grant_of(entry: PrincipalEntry, kind: PrincipalType, name: Pieces) -> Grant:
    """Grade an Allow for the entry of a Principal element that matches a caller.

    A lone ``*`` needs "no other permissions" of users and roles of the account; an entry that
    names an account delegates to it; one that names a user, a role session or a federated user
    session itself is final, one that names the role (or the user) behind a session is capped
    (reference_policies_elements_principal.html, reference_policies_evaluation-logic.html).
    Where a symbol leaves it open the strongest grade is the answer: such an entry matches in
    the wide reading only.
    """
    if is_everyone(entry) or kind != "AWS" or entry.type == "Unknown":
        return "final"
    row, caller = tokenize(entry.pattern.pieces, plain=True) or (), tokenize(name, plain=True) or ()
    if entry.type == "CanonicalUser" or account_of(row) is not None:
        return "delegates"
    if _part(caller, "role/") is not None or _part(row, "role/") is not None:
        return "capped"
    return "final" if row == caller or any(isinstance(t, Symbol) for t in row) else "capped"


def strongest_grant(
    statement: Statement, kind: PrincipalType, name: Pieces, *, wide: bool
) -> Grant | None:
    """Grade an Allow statement of a resource policy; None: it names no such caller.

    ``wide`` counts entries that may match, else only those that do. NotPrincipal allows
    everyone else, as a lone ``*`` does.
    """
    principals = statement.principals
    if principals is None or principals.negated or (wide and principals.tail is not None):
        return "final"
    verdicts = ((e, entry_matches(e, kind, name)) for e in principals.entries)
    found = [grant_of(e, kind, name) for e, truth in verdicts if truth or (wide and truth is None)]
    return max(found, key=_STRENGTH.__getitem__, default=None)


def stronger(one: Grant | None, other: Grant | None) -> Grant | None:
    """Return the grant that reaches farther."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=_STRENGTH.__getitem__)


class Situation(NamedTuple):
    """Hold what is known of a request before any statement is read.

    ``same_account``: no second account has a say. ``itself``: the resource's policy must itself
    allow. ``session`` are the policies that cap the session, None: nothing does.
    """

    standing: Standing
    same_account: bool = True
    itself: bool = False
    session: tuple[Policy, ...] | None = None
    bound_by_scps: bool = True
    reached_by_rcps: bool = True


def situation_of(request: Request, access: EffectiveAccess, *, favourable: bool) -> Situation:
    """Classify a request; ``favourable``: what is not certain counts for it."""
    caller = request.principal
    standing = standing_of(caller.type, (caller.name,))
    in_view = access.resource is not None or access.resource_account is not None
    same = is_same_account(request, access.resource_account) if in_view else True
    trust = access.resource is not None and access.resource.kind == "trust"
    linked = is_service_linked(request)
    return Situation(
        standing,
        same_account=favourable if same is None else same,
        itself=trust or (in_view and must_itself_allow(request.action, request.resource)),
        session=capping_session(caller.name, access.session) if standing != "none" else None,
        bound_by_scps=standing != "none" and not (favourable if linked is None else linked),
        reached_by_rcps=linked is not True and not (favourable and _beyond_rcps(request, linked)),
    )


def binding(access: EffectiveAccess, name: str, *, favourable: bool) -> EffectiveAccess:
    """Leave out the layers that do not bind an AWS caller, whatever it asks for.

    ``favourable``: a layer that may not bind it is left out too. A federated user session
    without a session policy gets one that caps to nothing.
    """
    asked = Request(Caller("AWS", name), "", "")
    situation = situation_of(asked, access, favourable=favourable)
    if situation.standing != "identity":
        access = access._replace(identity=(), boundary=None, open=False)
    linked = favourable if (found := is_service_linked(asked)) is None else found
    return access._replace(
        session=situation.session,
        scps=access.scps if situation.bound_by_scps else (),
        rcps=() if linked else access.rcps,
    )


def required_layers(grant: Grant | None, situation: Situation) -> tuple[Layer, ...] | None:
    """Name the layers that must allow beside ``ALWAYS_REQUIRED``; None: denied anyway.

    ``grant`` is what the resource policy gives, None if it is silent. A root user is not
    limited by identity policies of its account, which it cannot have.
    """
    standing, same_account, itself = situation[:3]
    own = _OWN if standing == "identity" else _OWN[2:]
    if grant is None:
        return own if same_account and not itself and standing != "none" else None
    if standing == "none" or (same_account and grant == "final"):
        return ("resource",)
    if same_account and grant == "capped":
        return ("resource", *_OWN[1:])
    return ("resource", *own)


def is_same_account(request: Request, resource_account: str | None) -> Truth:
    """Tell whether the caller's account owns the resource; an ARN without one is the caller's."""
    own = account_in(request.principal.name)
    other = resource_account or account_in(request.resource) or own
    return own == other if own else None


def account_in(arn: str) -> str:
    """Return the account of an ARN, empty when it has none."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else ""


def capping_session(name: str, session: tuple[Policy, ...] | None) -> tuple[Policy, ...] | None:
    """Return the policies that cap a session; None: nothing caps it.

    "If you do not pass any session policies, then the resulting federated user session has no
    permissions" (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html).
    """
    return () if session is None and ":federated-user/" in name else session


def is_service_linked(request: Request) -> Truth:
    """Tell whether a service-linked role asks, told by the path of its ARN.

    The ARN of a session has no path: there ``aws:PrincipalArn`` tells, else a name that begins
    like those of service-linked roles leaves it open.
    """
    arns = (request.principal.name, *dict(request.context).get("aws:principalarn", ()))
    if any(":role/aws-service-role/" in arn for arn in arns):
        return True
    return None if ":assumed-role/AWSServiceRoleFor" in arns[0] and len(arns) == 1 else False


def _beyond_rcps(request: Request, linked: Truth) -> bool:
    # AWS adds services to the list of those that RCPs reach; a service that was not on it when
    # this was written may be.
    return linked is None or request.action.lower().partition(":")[0] not in RCP_SERVICES


def is_uncertain_caller(statement: Statement, action: str) -> bool:
    """Tell whether it is open whom a statement of an endpoint policy names.

    On a gateway endpoint an account stands for its root user only, and others are told by
    ``aws:PrincipalArn``; on an interface endpoint of the same service names count as usual:
    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    principals = statement.principals
    if principals is None or action.lower().partition(":")[0] not in GATEWAY_SERVICES:
        return False
    return principals.negated or not any(map(is_everyone, principals.entries))


def needs_no_permission(request: Request) -> bool:
    """Tell whether AWS allows an action to everyone with credentials, whatever policies say.

    "No permissions are required", and a Deny does not end it:
    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """
    return request.action.lower() == NO_PERMISSION_NEEDED.lower() and (
        request.principal.type == "AWS"
    )


ITSELF_SERVICES = ("sts", "kms")
"""Services whose actions the policy of a role or of a key must itself allow."""


def must_itself_allow(action: str, resource: str) -> bool:
    """Tell whether a resource is a role to assume or a KMS key, whose own policy must allow."""
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return False
    kinds = (("iam", "role/", "sts:"), ("kms", "key/", "kms:"))
    return any(
        parts[2].lower() == service and parts[5].startswith(start) and action.lower().startswith(by)
        for service, start, by in kinds
    )


def _part(row: Tokens, start: str) -> Tokens | None:
    """Return what follows ``start`` in the sixth part of an ARN; None: it starts otherwise."""
    segments = arn_segments(row)
    if len(segments) < 6 or segments[5][: len(start)] != list(start):
        return None
    return tuple(segments[5][len(start) :])
