"""Whose a credential is, and how it is kept."""

from leastwise.iam.links import last_name
from leastwise.iam.project import Credential, Principal
from leastwise.rules.cases import Case
from leastwise.source.value import Symbol

NOBODY = "a user whose name is not known here"


def user_named(credential: Credential) -> str:
    """Name the user of a credential in words."""
    if credential.user is None or not credential.user.pieces:
        return NOBODY
    return f"user {credential.user}"


def is_kept(credential: Credential) -> bool:
    """Say whether the secret is kept in plain text, by the state or in the template."""
    return bool(credential.shown_as) and not credential.guarded


def owner_of(case: Case) -> Principal | None:
    """Return the user of the case's credential, where one of its root is declared by that name."""
    credential = case.credential
    if credential is None or credential.user is None or not credential.user.pieces:
        return None
    project = case.view.project
    root = project.owner(credential)
    name = credential.user.pieces
    users = (one for one in project.principals if one.kind == "user")
    named = (one for one in users if _is_named(one, name))
    return next((one for one in named if project.owner(one) == root), None)


def _is_named(user: Principal, name: tuple[str | Symbol, ...]) -> bool:
    return name in (user.arn.pieces, last_name(user.id.name.pieces))
