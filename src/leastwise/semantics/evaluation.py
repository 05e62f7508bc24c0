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

from typing import Literal, TypeAlias

from leastwise.iam.policy import PrincipalEntry, PrincipalType, Statement
from leastwise.semantics.model import Layer
from leastwise.semantics.pattern import Pieces, Tokens, arn_segments, tokenize
from leastwise.semantics.principals import account_of, entry_matches, is_everyone
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


def standing_of(kind: PrincipalType, name: Pieces) -> Standing:
    """Tell what policies a caller can have; services, identity providers, anonymous: none."""
    if kind != "AWS":
        return "none"
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


def required_layers(
    grant: Grant | None, standing: Standing, *, same_account: bool, itself: bool
) -> tuple[Layer, ...] | None:
    """Name the layers that must allow beside SCPs, RCPs and endpoint; None: denied anyway.

    ``grant`` is what the resource policy gives, None if it is silent. ``itself``: the resource
    policy must itself allow, whoever asks (see ``must_itself_allow``). A root user is not
    limited by identity policies of its account, which it cannot have.
    """
    if grant is None:
        silent = same_account and not itself and standing != "none"
        return (_OWN if standing == "identity" else ()) if silent else None
    if standing != "identity" or (same_account and grant == "final"):
        return ("resource",)
    if same_account and grant == "capped":
        return ("resource", "boundary", "session")
    return ("resource", *_OWN)


def must_itself_allow(action: str, resource: str) -> bool:
    """Tell whether a resource is a role to assume or a KMS key, whose own policy must allow."""
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return False
    service = parts[2].lower()
    if service == "iam":
        return parts[5].startswith("role/") and action.lower().startswith("sts:")
    return service == "kms" and parts[5].startswith("key/")


def _part(row: Tokens, start: str) -> Tokens | None:
    """Return what follows ``start`` in the sixth part of an ARN; None: it starts otherwise."""
    segments = arn_segments(row)
    if len(segments) < 6 or segments[5][: len(start)] != list(start):
        return None
    return tuple(segments[5][len(start) :])
