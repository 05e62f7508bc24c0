"""trust/abac-untagged-principal: who has no tag at all passes a test of it.

IfExists and ForAllValues hold without the key, and in a Deny ForAnyValue does not.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from leastwise.graph.gains.gain import actions_of
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.trust.tags import PRINCIPAL_TAG, principal_tags
from leastwise.semantics.access import allows
from leastwise.semantics.known import only_statement, restored
from leastwise.semantics.model import Answer, RequestPattern

MESSAGE = "{subject} tests the tag {tag} of its holder, and a holder without it passes"
_MOST = 32
_OTHER = (Pattern(("a-value-that-nobody-names",)),)
_MOST_TAGS = 8


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for the first statement that those without the tag pass."""
    policy = case.access.identity[0] if case.access.identity else None
    if policy is None:
        return ()
    tags = principal_tags(policy)[:_MOST_TAGS]
    for index, statement in enumerate(policy.document.statements[:_MOST] if tags else ()):
        for tag in tags if statement.effect == "Allow" else ():
            answer = _untagged(case, policy, index, tag)
            if answer is not None:
                words = {"tag": tag}
                return (Hit("warning", "proven", (answer,), MESSAGE, words=words),)
    return ()


def _untagged(case: Case, policy: Policy, index: int, tag: str) -> Answer | None:
    """Ask twice: allowed without the tag, refused with another value of it."""
    part = only_statement(policy, index)
    access = case.access._replace(identity=(part, *case.access.identity[1:]))
    statement = policy.document.statements[index]
    actions = (*actions_of(statement, "strong", 1), *actions_of(statement, "ordinary", 1))
    for action in actions:
        answer = allows(access, _about(action, tag, None))
        if answer.certainty != "proven":
            continue
        if allows(access, _about(action, tag, _OTHER)).certainty == "no":
            return restored(answer, policy, part)
    return None


def _about(action: str, tag: str, value: tuple[Pattern, ...] | None) -> RequestPattern:
    return RequestPattern((action,), context=((PRINCIPAL_TAG + tag, value),))
