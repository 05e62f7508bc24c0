"""Grade what somebody gains: permissions and credentials, data and changes, or little.

*Strong*: permissions management, credentials, and what the configuration calls sensitive.
*Ordinary*: other writes, data read, parameters of Systems Manager, most of which are plain
configuration. *Weak*: lists, logs, metrics. What is gained is found request by request (see
``graph.beyond``), and once for all accesses that answer alike (see ``graph.signatures``).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

from leastwise.graph.gains.administrators import admin, holds_everything
from leastwise.graph.gains.beyond import Beyond, beyond
from leastwise.graph.gains.granted import bits_of, everywhere, is_certain, may, union
from leastwise.graph.gains.signatures import Alike, alike
from leastwise.iam.arns import segments, spelled
from leastwise.iam.policy import Pattern, Statement
from leastwise.iam.project import Policy
from leastwise.semantics.access import allows
from leastwise.semantics.actions import access_levels, action_index, info
from leastwise.semantics.known import only_statement
from leastwise.semantics.model import Certainty, EffectiveAccess, RequestPattern

Strength: TypeAlias = Literal["strong", "ordinary", "weak"]
_MANY = 1500
"""Actions of so many services that it is quicker to grade all there are, once."""
_FIELDS = 6
"""Of an ARN."""
_TRIES = 4
"""Gains of one strength looked at for one that is certain."""
_CREDENTIALS = frozenset(
    (
        "acm:ExportCertificate",
        "cognito-idp:DescribeUserPoolClient",
        "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
        "connect:GetFederationToken",
        "datazone:GetIamPortalLoginUrl",
        "ec2:GetPasswordData",
        "elasticmapreduce:GetClusterSessionCredentials",
        "emr-containers:GetManagedEndpointSessionCredentials",
        "kms:CreateGrant",
        "lambda:AddPermission",
        "lightsail:GetInstanceAccessDetails",
        "lightsail:GetRelationalDatabaseMasterUserPassword",
        "rds-db:connect",
        "redshift:GetClusterCredentials",
        "redshift:GetClusterCredentialsWithIAM",
        "redshift-serverless:GetCredentials",
        "secretsmanager:BatchGetSecretValue",
        "secretsmanager:GetSecretValue",
        "sts:GetFederationToken",
    )
)
_HARMLESS = frozenset(
    (
        "iam:CreateServiceLinkedRole",
        "iam:DeleteServiceLinkedRole",
        "iam:GenerateCredentialReport",
        "iam:GenerateServiceLastAccessedDetails",
        "iam:GenerateOrganizationsAccessReport",
    )
)
"""Writes of IAM that give nobody a permission: AWS alone says what service-linked roles may do,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html."""
_DESCRIBING = ("Describe", "List")
_READING = (*_DESCRIBING, "BatchGet", "Get", "Search", "Validate", "View")
"""How the names begin of actions that tell about resources, and of those that change nothing; AWS
counts some of them among permissions management."""
_MANAGING = frozenset(("iam", "organizations", "sso", "sso-directory", "identitystore"))
_TELEMETRY = frozenset(
    (
        "logs",
        "cloudwatch",
        "xray",
        "application-signals",
        "ssmmessages",
        "ec2messages",
        "synthetics",
    )
)
STRENGTHS: tuple[Strength, ...] = ("strong", "ordinary", "weak")
"""What a gain is worth, the strongest first."""

WORDS: dict[Strength, str] = {
    "strong": "control over permissions or credentials",
    "ordinary": "other data or resources",
    "weak": "logs, metrics or lists only",
}


class Gain(NamedTuple):
    """Hold the strongest gain and an action that shows it.

    ``certainty``: ``possible`` where it rests on values, or on a boundary, that are not known.
    """

    strength: Strength
    action: str
    certainty: Certainty = "proven"


def strength(action: str) -> Strength:
    """Grade one known action; its level is AWS's own, from the Service Authorization Reference."""
    known = info(action)
    return _strength(action, known.access_level if known is not None else "Write")


def _strength(action: str, level: str) -> Strength:
    service, _, name = action.partition(":")
    if service in _TELEMETRY:
        return "weak"
    if service in _MANAGING:
        if action in _HARMLESS:
            return "ordinary"
        return "weak" if level in ("List", "Read") else "strong"
    if action in _CREDENTIALS:
        return "strong"
    if level == "Permissions management":
        return "ordinary" if name.startswith(_READING) else "strong"
    is_metadata = level == "Read" and name.startswith(_DESCRIBING)
    return "weak" if level == "List" or is_metadata else "ordinary"


@lru_cache(maxsize=16384)
def of_strength(bits: int, degree: Strength) -> int:
    """Return the actions of a bit set that have one strength."""
    if bits.bit_count() > _MANY:
        return bits & _all_of(degree)
    return _by_service(bits, degree)


@cache
def _all_of(degree: Strength) -> int:
    return _by_service(action_index().everything, degree)


def _by_service(bits: int, degree: Strength) -> int:
    services = action_index().by_service(bits, ())
    return union(part & _strengths_of(service)[degree] for service, part in services)


@lru_cache(maxsize=1024)
def _strengths_of(service: str) -> dict[Strength, int]:
    """Return the actions of a service by strength, as bit sets."""
    index = action_index()
    known, levels = index.services[service], access_levels(index.services[service].prefix)
    found = dict.fromkeys(STRENGTHS, 0)
    for position, name in enumerate(known.line.split(","), known.start):
        found[_strength(f"{known.prefix}:{name}", levels.get(name, "Write"))] |= 1 << position
    return found


# --- what is gained -------------------------------------------------------------------------------


def absolute(
    access: EffectiveAccess, sensitive: tuple[str, ...] = ()
) -> Strength | Literal["admin"] | None:
    """Grade the strongest thing that an access may do at all; None: it may do nothing."""
    if is_administrator(access):
        return "admin"
    found = gain(access, None, sensitive=sensitive)
    return None if found is None else found.strength


def ceiling(access: EffectiveAccess) -> Strength | None:
    """Grade what the own permissions boundary leaves to gain; None: nothing.

    SOUND: over-approximates; what the boundary allows counts even where it is held already.
    """
    if access.boundary is None:
        return "strong"
    found = gain(access._replace(identity=access.boundary, boundary=None), None)
    return None if found is None else found.strength


def gain(
    target: EffectiveAccess,
    caller: EffectiveAccess | None,
    wanted: tuple[Strength, ...] = STRENGTHS,
    sensitive: tuple[str, ...] = (),
) -> Gain | None:
    """Return the strongest thing that ``target`` may do and ``caller`` may not, or None.

    Either counts as it is at best: what depends on the caller alone (a second factor, a network)
    is met, what is not in view grants nothing. So what the target's Denies, boundary and SCPs
    take away is no gain, and what the caller's own take away is one.

    ``wanted``: which strengths are of interest, the strongest first. Others are not looked for.
    ``sensitive`` are IAM globs over ARNs: to read or change what they match is strong.

    SOUND: over-approximates between two accounts, where all that the target may do is a gain:
    what the caller may do ends at its own account, but for what others share with it.
    """
    other = None if caller is None or _apart(target, caller) else alike(caller)
    return _gain(alike(target), other, wanted, sensitive)


def _apart(target: EffectiveAccess, caller: EffectiveAccess) -> bool:
    """Tell whether two callers surely lie in different accounts."""
    first, second = _account(target), _account(caller)
    return first is not None and second is not None and first != second


def _account(access: EffectiveAccess) -> str | None:
    parts = segments(access.caller_arn or Pattern(()))
    return spelled(parts[4]) if len(parts) == _FIELDS else None


@lru_cache(maxsize=65536)
def _gain(
    target: Alike, caller: Alike | None, wanted: tuple[Strength, ...], sensitive: tuple[str, ...]
) -> Gain | None:
    if target == caller or (caller is not None and is_administrator(caller.access)):
        return None
    if holds_everything(target.access) and not _holds_all_strong(caller):
        return Gain("strong", "*")
    for degree in wanted:
        found = _of_degree(target, caller, degree, degree)
        if found is None and degree == "strong" and sensitive:
            globs = tuple(Pattern((glob,)) for glob in sensitive)
            found = _of_degree(target, caller, "ordinary", degree, globs)
        if found is not None:
            return found
    return None


def _of_degree(
    target: Alike,
    caller: Alike | None,
    actions: Strength,
    degree: Strength,
    resources: tuple[Pattern, ...] | None = None,
) -> Gain | None:
    """Look for a certain gain among actions of a strength, those that the caller lacks first."""
    bits = of_strength(may(target), actions)
    possible: Gain | None = None
    for part, other in _parts(bits, caller):
        if not part:
            continue
        for one in islice(beyond(target.access, other, part, resources), _TRIES):
            certainty = _certainty(target.access, one)
            if certainty == "proven":
                return Gain(degree, one.action)
            possible = possible or Gain(degree, one.action, "possible")
    return possible


def _parts(bits: int, caller: Alike | None) -> Iterator[tuple[int, EffectiveAccess | None]]:
    """Yield the actions that the caller has none of, then those that it has on some resources."""
    if caller is None:
        yield bits, None
        return
    held = may(caller)
    yield bits & ~held, None
    yield bits & held & ~everywhere(caller), caller.access


def _certainty(target: EffectiveAccess, found: Beyond) -> Certainty:
    """Ask whether the target has what was found, by the statement that gives it."""
    if not found.resource:
        return "possible"
    if is_certain(target):
        return "proven"
    policy = target.identity[found.policy]
    part = target._replace(identity=_part(target.identity, policy, found.statement))
    where = _where(policy.document.statements[found.statement])
    answer = allows(part, RequestPattern((found.action,), where))
    return "proven" if answer.certainty == "proven" else "possible"


def may_gain(target: EffectiveAccess, wanted: tuple[Strength, ...]) -> bool:
    """Refute quickly that ``target`` may do something of one of these strengths."""
    bits = may(alike(target))
    return any(of_strength(bits, degree) for degree in wanted)


def is_administrator(access: EffectiveAccess) -> bool:
    """Say whether an access is surely an administrator's, so that nothing can be gained."""
    return admin(access) == "proven"


def _holds_all_strong(caller: Alike | None) -> bool:
    """Tell whether there is nothing strong to gain for a caller: only little is denied to it."""
    if caller is None:
        return False
    return not of_strength(action_index().everything & ~everywhere(caller), "strong")


def _part(policies: tuple[Policy, ...], policy: Policy, index: int) -> tuple[Policy, ...]:
    return tuple(
        only_statement(p, index) if p is policy else only_statement(p, -1) for p in policies
    )


def _where(statement: Statement) -> tuple[Pattern, ...] | None:
    resources = statement.resources
    if resources is None or resources.negated or any(_is_live(g) for g in resources.globs):
        return None
    return tuple(replace(g, origin=None) for g in resources.globs) or None


def _is_live(glob: Pattern) -> bool:
    return any(isinstance(p, str) and "${" in p for p in glob.pieces)


def actions_of(statement: Statement, degree: Strength, count: int) -> list[str]:
    """List at most ``count`` known actions of a statement of one strength, spread over services."""
    return _spread(action_index().names(of_strength(bits_of(statement), degree)))[:count]


def is_telemetry(service: str) -> bool:
    """Say whether a service holds logs, metrics and traces, and nothing else."""
    return service in _TELEMETRY


def _spread(actions: list[str]) -> list[str]:
    """Put what tells most first: permissions, then one action of each service in turn."""
    turns: dict[str, int] = {}
    order: list[tuple[bool, int, str]] = []
    for action in actions:
        service = action.partition(":")[0]
        turns[service] = turns.get(service, 0) + 1
        order.append((service not in _MANAGING, turns[service], action))
    return [action for _, _, action in sorted(order)]
