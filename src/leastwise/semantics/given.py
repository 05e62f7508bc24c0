"""Build requests and accesses from what a user of the library has: strings and documents."""

from collections.abc import Iterable, Mapping, Sequence

from leastwise.iam.kinds import is_trust_action
from leastwise.iam.policy import PolicyDocument, PolicyKind, PrincipalType
from leastwise.iam.project import Policy, PrincipalKind
from leastwise.semantics.model import Caller, ContextValue, EffectiveAccess

_PROVIDER_ARNS = (":saml-provider/", ":oidc-provider/")
_WEB_PROVIDERS = frozenset(
    {
        "accounts.google.com",
        "cognito-identity.amazonaws.com",
        "graph.facebook.com",
        "www.amazon.com",
    }
)
_SERVICE_ENDS = (".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal")


def caller_of(name: str) -> Caller:
    """Tell which type of Principal entry names a caller: AWS, Service or Federated.

    Source: "AWS JSON policy elements: Principal", AWS IAM User Guide.
    """
    kind: PrincipalType = "AWS"
    if name in _WEB_PROVIDERS or any(part in name for part in _PROVIDER_ARNS):
        kind = "Federated"
    elif not name.startswith("arn:") and name.endswith(_SERVICE_ENDS):
        kind = "Service"
    return Caller(kind, name)


def context_of(given: Mapping[str, ContextValue]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Spell the context of a request as ``Request`` holds it.

    Raises:
        ValueError: a key is given twice, in different case.

    """
    found: dict[str, tuple[str, ...]] = {}
    for key, value in given.items():
        if key.lower() in found:
            raise ValueError(f"the context key {key!r} is given twice")
        several = (value,) if isinstance(value, (str, int, float)) else value
        found[key.lower()] = tuple(map(_spelled, several))
    return tuple(sorted(found.items()))


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def policy_of(document: PolicyDocument, kind: PolicyKind) -> Policy:
    """Wrap a document that stands nowhere but in the caller's program."""
    opaque = document.opaque is not None
    return Policy(
        address=kind,
        attribute="policy",
        kind=kind,
        document=document,
        resolution="opaque" if opaque else "concrete",
        span=document.span,
    )


def policies_of(documents: Iterable[PolicyDocument], kind: PolicyKind) -> tuple[Policy, ...]:
    """Wrap documents of one layer."""
    return tuple(policy_of(document, kind) for document in documents)


def levels_of(
    levels: Iterable[Sequence[PolicyDocument]], kind: PolicyKind
) -> tuple[tuple[Policy, ...], ...]:
    """Wrap the documents of each level of an organization."""
    return tuple(policies_of(level, kind) for level in levels)


def resource_policy_of(document: PolicyDocument) -> Policy:
    """Wrap the policy of a resource; the trust policy of a role must itself allow."""
    return policy_of(document, "trust" if _is_trust(document) else "resource")


def access_of(document: PolicyDocument) -> EffectiveAccess:
    """Judge a document alone: as a trust policy when it has principals, else as its holder's."""
    if any(s.principals is not None for s in document.statements):
        return EffectiveAccess(trust=resource_policy_of(document))
    return EffectiveAccess(identity=(policy_of(document, "identity"),))


def _is_trust(document: PolicyDocument) -> bool:
    return bool(document.statements) and all(
        statement.resources is None
        and all(is_trust_action(pattern.literal) for pattern in statement.actions.globs)
        for statement in document.statements
    )


def kind_of_caller(arn: str) -> PrincipalKind | None:
    """Return what an ARN names: a user, a role (or its session), or None."""
    resource = arn.split(":", 5)[-1]
    if resource.startswith(("role/", "assumed-role/")):
        return "role"
    return "user" if resource.startswith("user/") else None
