"""credential/user-admin: a long-lived credential of a user who is, or can become, administrator."""

from leastwise.rules.admins import is_admin_equivalent
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.credential.ownership import is_kept, owner_of
from leastwise.rules.subjects import expected_admin

WORDS = {
    "access-key": "long-lived access key",
    "password": "console password",
    "parameter": "console password",
}
MESSAGE = "code makes the {what} {subject} of {user}, {rank}"
KEPT = f"{MESSAGE}, and its secret is kept in plain text"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each key or password of an administrator."""
    credential = case.credential
    if credential is None or credential.kind not in WORDS:
        return ()
    owner = owner_of(case)
    if owner is None or not is_admin_equivalent(owner, case.view.graph):
        return ()
    kept = is_kept(credential)
    expected = expected_admin(owner, case.view.config) is not None
    rank = "an administrator" if is_admin_equivalent(owner) else "who can become an administrator"
    words = {"what": WORDS[credential.kind], "user": f"user {owner.address}", "rank": rank}
    hit = Hit("warning", "proven", (), KEPT if kept else MESSAGE, words=words)
    hit = hit._replace(span=credential.span, key=(words["user"],))
    return (hit._replace(level="error") if kept and not expected else hit,)
