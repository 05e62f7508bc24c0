"""exposure/foreign-organization: everyone of an organization that is not the team's may.

Only where the configuration says which organizations are the team's.
"""

from collections.abc import Iterator

from leastwise.iam.policy import Pattern, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.exposure.asking import asked, carrier, service_of, settled
from leastwise.rules.python.exposure.public_resource import named_actions, names_everyone
from leastwise.rules.python.exposure.worth import granted
from leastwise.rules.python.wildcard.service_admin import listed
from leastwise.semantics.callers import STRANGER
from leastwise.semantics.model import CallerPattern

MESSAGE = "{subject} lets everyone of organization {organization} call {actions}"
_KEYS = ("aws:principalorgid", "aws:principalorgpaths")
_MOST = 20
_CALLER = f"arn:aws:iam::{STRANGER}:role/a-stranger"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each organization."""
    whole, own = case.access.trust, case.view.config.own_organizations
    if whole is None or not own:
        return ()
    named = dict.fromkeys(_organizations(whole.document.statements))
    foreign = [name for name in named if name not in own][:_MOST]
    if not foreign:
        return ()
    cut = settled(whole, names_everyone)
    service = service_of(carrier(case))
    statements = [s for s in whole.document.statements if names_everyone(s)]
    actions = tuple(dict.fromkeys(a for s in statements for a in granted(s, service)))
    found = []
    for organization in foreign:
        context = (
            ("aws:principalaccount", (Pattern((STRANGER,)),)),
            ("aws:principalorgid", (Pattern((organization,)),)),
            ("aws:principalorgpaths", (Pattern((f"{organization}/*",)),)),
        )
        who = CallerPattern("AWS", Pattern((_CALLER,)))
        answer = asked(case, cut, actions, who, context)
        if answer.certainty != "no":
            words = {"organization": organization, "actions": listed(named_actions(answer), 3)}
            found.append(
                Hit("warning", answer.certainty, (answer,), MESSAGE, words, points_at="condition")
            )
    return tuple(found)


def _organizations(statements: tuple[Statement, ...]) -> Iterator[str]:
    for statement in statements:
        for condition in statement.conditions:
            if str(condition.key).lower() in _KEYS:
                for value in condition.values:
                    name = (value.literal or "").partition("/")[0]
                    if name.startswith("o-") and "*" not in name and "?" not in name:
                        yield name
