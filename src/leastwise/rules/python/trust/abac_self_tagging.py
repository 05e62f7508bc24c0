"""trust/abac-self-tagging: a principal changes the tag by which its own grants are decided.

https://docs.aws.amazon.com/IAM/latest/UserGuide/tutorial_attribute-based-access-control.html
"""

from leastwise.iam.arns import in_an_account
from leastwise.iam.policy import Pattern
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.trust.tags import PRINCIPAL_TAG, principal_tags
from leastwise.rules.questions import spellings
from leastwise.semantics.access import allows
from leastwise.semantics.model import RequestPattern

MESSAGE = "{subject} may change its own tag {tag}, by which its grants are decided"
_ACTIONS = {"role": "iam:TagRole", "user": "iam:TagUser"}
_VALUE = (Pattern(("a-value-that-nobody-names",)),)
_MOST = 16


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for the first tag that the principal may give itself."""
    action = _ACTIONS.get(case.self_kind)
    if action is None or case.principal is None:
        return ()
    own = spellings(case, (in_an_account(case.self_arn),))
    for tag in _relied_on(case)[:_MOST]:
        context = (
            (f"aws:requesttag/{tag}", _VALUE),
            ("aws:tagkeys", (Pattern((tag,)),)),
            (f"{PRINCIPAL_TAG}{tag}", None),
        )
        answer = allows(case.access, RequestPattern((action,), own, context=context))
        if answer.certainty == "proven":
            return (Hit("warning", "proven", (answer,), MESSAGE, words={"tag": tag}),)
    return ()


def _relied_on(case: Case) -> list[str]:
    own = (a.policy for a in case.attachments if not a.policy.aws_managed)
    return list(dict.fromkeys(tag for policy in own for tag in principal_tags(policy)))
