"""trust/saml-missing-aud: an assertion that was made for another service provider is accepted.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""

from leastwise.entry.asked_trust import asked, one
from leastwise.entry.attackers import WayIn
from leastwise.iam.policy import Pattern
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.trust.ways import entry_span, ways_of
from leastwise.semantics.model import Answer, CallerPattern, Context, RequestPattern

MESSAGE = "{subject} can be assumed with an assertion that was not made for AWS"
_ELSEWHERE: Context = (("saml:aud", one("https://another-service-provider.example.com/saml")),)


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each SAML provider whose assertions need no audience."""
    found = []
    for way in ways_of(case):
        if way.kind == "tenant" and ":saml-provider/" in way.who:
            answer = _for_another(case, way)
            if answer is not None:
                span = entry_span(way.entry, answer)
                found.append(
                    Hit(
                        "note",
                        answer.certainty,
                        (answer,),
                        MESSAGE,
                        points_at="principal",
                        span=span,
                    )
                )
    return tuple(found)


def _for_another(case: Case, way: WayIn) -> Answer | None:
    if case.access.trust is None or way.entry is None:
        return None
    caller = CallerPattern("Federated", Pattern(way.entry.pattern.pieces))
    pattern = RequestPattern(("sts:AssumeRoleWithSAML",), principal=caller, context=_ELSEWHERE)
    return asked(case.access.trust, pattern)
