"""trust/cognito-missing-aud, -missing-amr and -unauthenticated: who of which identity pool.

https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
"""

from leastwise.entry.claims import of_a_stranger
from leastwise.entry.tokens import Accepted, ask
from leastwise.iam.policy import Pattern
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.trust.oidc_hits import hit, providers, tenant_level
from leastwise.semantics.callers import UNNAMED
from leastwise.semantics.model import Answer

ANY_POOL = "{subject} can be assumed by an identity of any identity pool"
GUESTS_TOO = "{subject} can be assumed by guests of the identity pool as well as by its users"
GUESTS = "{subject} can be assumed by guests: whoever knows the id of the identity pool"


def decide_missing_aud(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each statement that lets identities of any pool in."""
    found = []
    for one in providers(case, "cognito"):
        answer = ask(one, of_a_stranger(one))
        if answer.certainty != "no":
            code = "" if one.tested else "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL"
            found.append(hit(case, one, (answer,), "error", ANY_POOL)._replace(code=code))
    return tuple(found)


def decide_missing_amr(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each statement that does not tell guests from users who signed in."""
    found = []
    for one in providers(case, "cognito"):
        anyhow = _signed_in_as(one, f"amr-{UNNAMED}")
        if anyhow.certainty != "no" and not _is_of_any_pool(one):
            guest = _signed_in_as(one, "unauthenticated")
            found.append(hit(case, one, (guest,), tenant_level(case), GUESTS_TOO))
    return tuple(found)


def decide_unauthenticated(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each statement that is for guests."""
    found = []
    for one in providers(case, "cognito"):
        guest = _signed_in_as(one, "unauthenticated")
        if guest.certainty == "no" or _signed_in_as(one, f"amr-{UNNAMED}").certainty != "no":
            continue
        if not _is_of_any_pool(one):
            found.append(hit(case, one, (guest,), tenant_level(case), GUESTS))
    return tuple(found)


def _signed_in_as(one: Accepted, how: str) -> Answer:
    return ask(one, (("amr", (Pattern((how,)),)),))


def _is_of_any_pool(one: Accepted) -> bool:
    return ask(one, of_a_stranger(one)).certainty != "no"
