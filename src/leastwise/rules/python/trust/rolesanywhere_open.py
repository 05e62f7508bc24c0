"""trust/rolesanywhere-open: a certificate of any trust anchor may assume the role.

Asked is a certificate of a stranger, under a trust anchor that the policy does not name.
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
"""

from leastwise.entry.asked_trust import ASSUME, asked, one
from leastwise.iam.policy import Pattern
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.trust.ways import entry_span, ways_of
from leastwise.semantics.callers import UNNAMED
from leastwise.semantics.model import CallerPattern, Context, RequestPattern

SERVICE = "rolesanywhere.amazonaws.com"
MESSAGE = "{subject} can be assumed with any certificate of any trust anchor of the account"
_CERTIFICATE = "a-certificate-that-nobody-names"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit where neither trust anchor nor certificate is pinned."""
    trust = case.access.trust
    named = (way for way in ways_of(case) if way.kind == "service" and way.who == SERVICE)
    way = next(named, None)
    if trust is None or way is None:
        return ()
    tested = dict.fromkeys(c.key_name for s in trust.document.statements for c in s.conditions)
    tags = [key for key in tested if key.startswith(("aws:principaltag/", "aws:requesttag/"))]
    context: Context = (
        ("aws:sourcearn", one(f"arn:*:rolesanywhere:*:*:trust-anchor/an-anchor-{UNNAMED}")),
        ("sts:sourceidentity", one(_CERTIFICATE)),
        *((key, one(_CERTIFICATE)) for key in tags),
    )
    caller = CallerPattern("Service", Pattern((SERVICE,)))
    answer = asked(trust, RequestPattern((ASSUME,), principal=caller, context=context))
    if answer is None:
        return ()
    span = entry_span(way.entry, answer)
    return (Hit("warning", answer.certainty, (answer,), MESSAGE, points_at="principal", span=span),)
