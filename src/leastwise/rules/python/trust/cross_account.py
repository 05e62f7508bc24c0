"""trust/cross-account-no-externalid: a named account of others may assume the role.

Asked is the confused deputy: the named account calls, outside the own organisation, without a
second factor, and without the external id or with one that the policy does not name.
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from leastwise.entry.attackers import WayIn
from leastwise.rules.admins import is_admin_equivalent
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.trust.ways import entry_span, granting, ways_of

MESSAGE = "{subject} can be assumed from account {account} without an external id"
NAMED = "{subject} can be assumed by {principal} of account {account} without an external id"
ADMIN = " and is as good as an administrator"
UNKNOWN = "that account {account} is not the role's own, which is not known here"


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each statement that lets foreign accounts in, of the widest of them."""
    found: dict[object, list[WayIn]] = {}
    for way in ways_of(case):
        if way.kind == "foreign-account" and way.unguarded is not None:
            found.setdefault(way.unguarded.deciding[:1], []).append(way)
    return tuple(_hit(case, alike) for alike in found.values())


def _hit(case: Case, alike: list[WayIn]) -> Hit:
    way = max(alike, key=lambda w: (w.own is False, w.whole))
    others = len({w.who for w in alike}) - 1
    more = f" (and from {others} more)" if others else ""
    answer = way.unguarded or way.answer
    is_known = way.own is False
    admin = case.principal is not None and is_admin_equivalent(case.principal, case.view.graph)
    return Hit(
        _level(way, is_admin=admin),
        answer.certainty if is_known else "possible",
        (answer,),
        (MESSAGE if way.whole else NAMED) + more + (ADMIN if admin else ""),
        words={"account": way.who},
        points_at="principal",
        span=entry_span(way.entry, answer),
        assumptions=() if is_known else (UNKNOWN.replace("{account}", way.who),),
    )


def _level(way: WayIn, *, is_admin: bool) -> Level:
    """Grade the whole account above one principal of it, unless an external id was meant."""
    if way.whole:
        return "error" if is_admin else "warning"
    return "warning" if is_admin or _means_external_id(way) else "note"


def _means_external_id(way: WayIn) -> bool:
    statement = granting(way.answer)
    return statement is not None and any(
        condition.key_name == "sts:externalid" for condition in statement.conditions
    )
