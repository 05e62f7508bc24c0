"""credential/password-in-code: code gives an IAM user a password for the console."""

from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.credential.ownership import is_kept, user_named

WRITTEN = "{subject} gives {user} a console password that stands in the template"
DEFAULT = "{subject} gives {user} a console password by its default, which stands in the template"
KEPT = "{subject} makes a console password for {user}, and the state keeps it in plain text"
MADE = "{subject} gives {user} a console password"


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
