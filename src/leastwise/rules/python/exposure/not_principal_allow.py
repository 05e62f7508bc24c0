"""exposure/not-principal-allow: everyone may, but for those who are listed.

Whoever a NotPrincipal does not list is let in, of every account and without one:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
Where conditions keep strangers out, the others of the own account remain.
"""

from leastwise.iam.policy import Pattern, Statement
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.exposure.asking import alone, asked, carrier, service_of, settled
from leastwise.rules.python.exposure.public_resource import found_in, hit
from leastwise.rules.python.exposure.worth import granted
from leastwise.semantics.model import CallerPattern
from leastwise.semantics.valuation import ACCOUNT

CODE = "ALLOW_WITH_NOT_PRINCIPAL"
MESSAGE = "{subject} lets everyone who is not listed call {actions}, strangers too"
NARROWED = "{subject} lets everyone of the account who is not listed call {actions}"
_MEMBER = f"arn:aws:iam::{ACCOUNT}:role/that-nobody-names"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit of all statements that allow by leaving out."""
    whole = case.access.trust
    if whole is None or not any(map(_leaves_out, whole.document.statements)):
        return ()
    cut = settled(whole, _leaves_out)
    found = found_in(case, cut)
    return (hit(found, MESSAGE, CODE),) if found else _within(case, cut)


def _leaves_out(statement: Statement) -> bool:
    principals = statement.principals
    return statement.effect == "Allow" and principals is not None and principals.negated


def _within(case: Case, cut: Policy) -> tuple[Hit, ...]:
    """Ask for a role of the own account, where no stranger is let in."""
    service = service_of(carrier(case))
    statements = {n: s for n, s in enumerate(cut.document.statements) if _leaves_out(s)}
    actions = dict.fromkeys(a for s in statements.values() for a in granted(s, service))
    part = alone(cut, *statements)
    answer = asked(case, part, actions, CallerPattern("AWS", Pattern((_MEMBER,))), ())
    return () if answer.certainty == "no" else (hit([("warning", answer)], NARROWED, CODE),)
