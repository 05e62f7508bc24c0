"""credential/access-key-in-code: code makes a credential that lasts until somebody removes it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-workloads-use-roles
"""

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.credential.ownership import is_kept, user_named

WORDS = {
    "access-key": "access key",
    "service-credential": "credential",
}
KEPT = "the long-lived {what} {subject} of {user} is made by code, and the state keeps its secret"
MADE = "the long-lived {what} {subject} of {user} is made by code"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each key."""
    credential = case.credential
    if credential is None or credential.kind not in WORDS:
        return ()
    kept = is_kept(credential)
    words = {"what": WORDS[credential.kind], "user": user_named(credential)}
    hit = Hit("warning" if kept else "note", "proven", (), KEPT if kept else MADE, words=words)
    return (hit._replace(span=credential.span, key=(words["user"],)),)
