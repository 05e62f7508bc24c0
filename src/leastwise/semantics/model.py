"""Requests, patterns of requests, and the three answers: proven, possible, no."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from leastwise.iam.policy import Pattern, PolicyDocument, PrincipalType
from leastwise.iam.project import Policy, PrincipalKind
from leastwise.source.value import Assumption

Certainty: TypeAlias = Literal["proven", "possible", "no"]
Layer: TypeAlias = Literal[
    "identity", "boundary", "scp", "rcp", "session", "resource", "trust", "endpoint"
]
ContextValue: TypeAlias = "str | int | float | Sequence[str | int | float]"
"""What a condition key may hold: a string, a number or boolean, or several (also none)."""


class Caller(NamedTuple):
    """Name who makes a request: the ``Principal`` element types and an ARN or service name."""

    type: PrincipalType
    name: str


class Request(NamedTuple):
    """Hold one concrete request.

    ``context`` maps condition keys, lower case, to their values; a key that is missing is not
    in the request. Keys are unique and sorted.
    """

    principal: Caller
    action: str
    resource: str
    context: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @staticmethod
    def of(
        *,
        principal: str | Caller,
        action: str,
        resource: str = "*",
        context: Mapping[str, ContextValue] | None = None,
    ) -> "Request":
        """Build a request from plain strings.

        ``principal`` is an ARN, a service (``lambda.amazonaws.com``) or an identity provider.
        ``context`` has condition keys in any case; a key that is left out is not in the request.

        Raises:
            ValueError: a key is given twice, in different case.

        """
        from leastwise.semantics.given import caller_of, context_of

        caller = caller_of(principal) if isinstance(principal, str) else principal
        return Request(caller, action, resource, context_of(context or {}))


Context: TypeAlias = tuple[tuple[str, tuple[Pattern, ...] | None], ...]
"""Values that condition keys (lower case) have in requests, as alternatives; None: not sent."""


class CallerPattern(NamedTuple):
    """Describe who may make the request: one principal type and an IAM glob over its name."""

    type: PrincipalType
    name: Pattern


class RequestPattern(NamedTuple):
    """Describe a set of requests; what is left out is free.

    ``actions`` and ``resources`` are alternatives, IAM globs (actions compare without case).
    ``context`` gives a key's alternatives as globs, or None: the request does not carry it.
    In ``allows`` what is free favours the attacker, in ``allows_all`` it is universal.
    """

    actions: tuple[str, ...] = ("*",)
    resources: tuple[Pattern, ...] | None = None
    principal: CallerPattern | None = None
    context: Context = ()


class EffectiveAccess(NamedTuple):
    """Hold the layers that decide what one subject may do.

    ``identity`` policies grant; ``boundary`` and ``session`` cap when not None (an empty tuple
    caps to nothing). ``scps`` and ``rcps`` have one row of policies per level (root, units,
    account), each of which must allow; none: no organization is in view. AWS's own
    RCPFullAWSAccess is implied. ``endpoint`` are the policies of the VPC endpoint on the way.
    ``resource`` is the policy of the resource that is asked for; one of the kind ``trust`` must
    itself allow, as a role's does. ``resource_account`` owns that resource; None: the account in
    its ARN, else the caller's.

    ``trust`` is set when a document with principals is judged alone: who may assume a role, as
    far as the role's trust policy goes. ``caller_kind`` and ``caller_arn`` give the request its
    principal: role sessions always carry aws:TokenIssueTime, long-term user credentials never;
    ``aws:username`` and ``aws:PrincipalArn`` follow from the ARN. ``open``: further identity
    policies that are not known may apply.
    """

    identity: tuple[Policy, ...] = ()
    boundary: tuple[Policy, ...] | None = None
    trust: Policy | None = None
    caller_kind: PrincipalKind | None = None
    caller_arn: Pattern | None = None
    open: bool = False
    session: tuple[Policy, ...] | None = None
    scps: tuple[tuple[Policy, ...], ...] = ()
    rcps: tuple[tuple[Policy, ...], ...] = ()
    endpoint: tuple[Policy, ...] | None = None
    resource: Policy | None = None
    resource_account: str | None = None

    @staticmethod
    def of(  # noqa: PLR0913 - one for each layer that AWS has
        *,
        identity: Sequence[PolicyDocument] = (),
        boundary: PolicyDocument | None = None,
        session: Sequence[PolicyDocument] | None = None,
        scps: Sequence[Sequence[PolicyDocument]] = (),
        rcps: Sequence[Sequence[PolicyDocument]] = (),
        endpoint: PolicyDocument | None = None,
        resource: PolicyDocument | None = None,
        resource_account: str | None = None,
        caller: str | None = None,
    ) -> "EffectiveAccess":
        """Put documents together; what is left out is not there.

        ``scps`` and ``rcps`` have one list per level: the root, each unit, the account.
        ``resource`` is the policy of the resource that is asked for, or the trust policy of the
        role that is assumed. ``caller`` is the ARN of the user or role, where that is known.
        """
        from leastwise.semantics import given

        return EffectiveAccess(
            identity=given.policies_of(identity, "identity"),
            boundary=None if boundary is None else given.policies_of((boundary,), "boundary"),
            caller_kind=None if caller is None else given.kind_of_caller(caller),
            caller_arn=None if caller is None else Pattern((caller,)),
            session=None if session is None else given.policies_of(session, "session"),
            scps=given.levels_of(scps, "scp"),
            rcps=given.levels_of(rcps, "rcp"),
            endpoint=None if endpoint is None else given.policies_of((endpoint,), "endpoint"),
            resource=None if resource is None else given.resource_policy_of(resource),
            resource_account=resource_account,
        )


class Deciding(NamedTuple):
    """Point at one statement that decides an answer.

    ``action`` and ``resource`` are the very strings of it that match the witness (None for a
    Not element or where there is none).
    """

    layer: Layer
    policy: Policy
    statement: int
    action: Pattern | None = None
    resource: Pattern | None = None


class Answer(NamedTuple):
    """Answer a question about access.

    ``proven``: true in every world and for every value of the unknowns. ``possible``: true for
    some, ``assumptions`` and ``reasons`` say under what. ``no``: for none, and then there is no
    witness.
    """

    certainty: Certainty
    witness: Request | None = None
    deciding: tuple[Deciding, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    reasons: tuple[str, ...] = ()


class Decision(NamedTuple):
    """Say what AWS answers to one request, and why.

    ``missing_keys`` are condition keys that statements asked for and the request lacks.
    """

    outcome: Literal["allowed", "implicitly-denied", "explicitly-denied"]
    layer: Layer | None = None
    deciding: tuple[Deciding, ...] = ()
    missing_keys: tuple[str, ...] = ()


class Proof(NamedTuple):
    """Say that a comparison holds for every request, every value of unknowns, in every world."""


class Counterexample(NamedTuple):
    """Show that a comparison does not hold: ``decide`` confirmed the request.

    ``request`` is allowed by the first and not by the second side (for ``disjoint``: by both;
    for ``equivalent`` by one, ``reversed`` when that is the second). ``deciding`` are the
    statements that allow it. ``assumptions`` and ``reasons`` say for which outcomes and values
    of what is not known. ``typed``: the resource and the keys are such as the action has in
    AWS's reference; without it the request may be one that AWS never makes.
    """

    request: Request
    deciding: tuple[Deciding, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    reasons: tuple[str, ...] = ()
    typed: bool = False
    reversed: bool = False


class Undecided(NamedTuple):
    """Say that neither a proof nor a confirmed request was found, and why."""

    reason: str


Comparison: TypeAlias = Proof | Counterexample | Undecided
