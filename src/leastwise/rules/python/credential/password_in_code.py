"""credential/password-in-code: code gives an IAM user a password for the console."""

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.credential.ownership import is_kept, user_named

WRITTEN = "the console password of {user} stands in the template ({subject})"
DEFAULT = "the console password of {user} is by default that of {subject}, in the template"
KEPT = "the state keeps the console password of {user} ({subject})"
MADE = "code gives {user} a console password ({subject})"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each password."""
    credential = case.credential
    if credential is None or credential.kind not in ("password", "parameter"):
        return ()
    message, level = _told(credential.shown_as, kept=is_kept(credential))
    user = user_named(credential)
    hit = Hit(level, "proven", (), message, words={"user": user}, span=credential.span)
    return (hit._replace(key=(user,)),)


def _told(shown_as: str, *, kept: bool) -> tuple[str, Level]:
    if not kept:
        return MADE, "note"
    match shown_as:
        case "Password":
            return WRITTEN, "error"
        case "Default":
            return DEFAULT, "warning"
        case _:
            return KEPT, "warning"
