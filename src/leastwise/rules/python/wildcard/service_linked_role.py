"""wildcard/create-service-linked-role-any: making the service-linked role of every service."""

from leastwise.graph.gains.granted import bits_of
from leastwise.iam.arns import named_accounts, sibling
from leastwise.iam.policy import Pattern
from leastwise.rules.cases import Case
from leastwise.rules.format import Ask
from leastwise.rules.hits import Hit
from leastwise.rules.python.wildcard.shapes import code_of
from leastwise.rules.questions import ask
from leastwise.semantics.actions import asked_bits

MESSAGE = "{subject} {may} create the service-linked role of every AWS service"
_ACTION = ("iam:CreateServiceLinkedRole",)
_PATH = "role/aws-service-role/*"
_EVERY = Ask(every=True, actions=_ACTION)


def decide(case: Case) -> tuple[Hit, ...]:
    """Make a hit if all service-linked roles of the own account can be made."""
    if not case.access.identity or not _is_named(case):
        return ()
    for arn in _arns(case):
        answer = ask(case, _EVERY, (arn,))
        if answer.certainty != "no":
            code = code_of("CREATE_SLR", answer)
            hit = Hit("note", answer.certainty, (answer,), MESSAGE, points_at="resource", code=code)
            return (hit,)
    return ()


def _is_named(case: Case) -> bool:
    wanted = asked_bits(_ACTION)
    statements = case.access.identity[0].document.statements
    return any(s.effect == "Allow" and bits_of(s) & wanted for s in statements)


def _arns(case: Case) -> list[Pattern]:
    """Spell the roles in the own account, and in accounts that may be it as the policy has them."""
    accounts = named_accounts(case.access.identity[0].document)
    return [
        sibling(case.self_arn, _PATH),
        *(sibling(case.self_arn, _PATH, account=account) for account in accounts),
    ]
