"""exposure/foreign-organization: everyone of an organization that is not the team's may.

Only where the configuration says which organizations are the team's.
"""

from collections.abc import Iterator
from itertools import islice

from leastwise.iam.policy import Pattern, Statement
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.exposure.asking import Cut, alone, asked, carrier, service_of, settled
from leastwise.rules.python.exposure.public_resource import named_actions, names_everyone
from leastwise.rules.python.exposure.worth import granted
from leastwise.rules.wording import listed
from leastwise.semantics.callers import STRANGER
from leastwise.semantics.model import CallerPattern

MESSAGE = "{subject} lets everyone of organization {organization} call {actions}"
_KEYS = ("aws:principalorgid", "aws:principalorgpaths")
_MOST = 20
_SHOWN = 3
_CALLER = f"arn:aws:iam::{STRANGER}:role/a-stranger"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each organization."""
    whole, own = case.access.trust, case.view.config.own_organizations
    if whole is None or not own:
        return ()
    cut = settled(whole, names_everyone)
    hits = (
        _judge(case, alone(cut, index), organization, cut.document.statements[index])
        for organization, index in islice(_foreign(whole, own), _MOST)
    )
    return tuple(hit for hit in hits if hit is not None)


def _foreign(policy: Policy, own: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Yield organizations that are not the team's, with the index of a statement that names one."""
    seen = set(own)
    for index, statement in enumerate(policy.document.statements):
        for name in _organizations(statement) if names_everyone(statement) else ():
            if name not in seen:
                seen.add(name)
                yield name, index


def _judge(case: Case, part: Cut, organization: str, statement: Statement) -> Hit | None:
    actions = granted(statement, service_of(carrier(case)))
    context = (
        ("aws:principalaccount", (Pattern((STRANGER,)),)),
        ("aws:principalorgid", (Pattern((organization,)),)),
        ("aws:principalorgpaths", (Pattern((f"{organization}/*",)),)),
    )
    answer = asked(case, part, actions, CallerPattern("AWS", Pattern((_CALLER,))), context)
    if answer.certainty == "no":
        return None
    words = {"organization": organization, "actions": listed(named_actions(answer), _SHOWN)}
    return Hit("warning", answer.certainty, (answer,), MESSAGE, words, points_at="condition")


def _organizations(statement: Statement) -> Iterator[str]:
    for condition in statement.conditions:
        if condition.key_name in _KEYS:
            for value in condition.values:
                name = (value.literal or "").partition("/")[0]
                if name.startswith("o-") and "*" not in name and "?" not in name:
                    yield name
