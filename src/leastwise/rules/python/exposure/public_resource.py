"""exposure/public-resource: a stranger may use a resource.

Asked is, for each statement that names everyone, what somebody may do who has an AWS account and
nothing that AWS vouches for. Networks, organizations, accounts and sources in conditions keep
strangers out; tags, session names and user agents do not.

Not modelled: S3 Block Public Access, which refuses such a policy where it is on (for new buckets by
default), and is told as an assumption.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from collections.abc import Sequence

from leastwise.entry.strangers import Stranger
from leastwise.iam.policy import Pattern, Statement
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import LEVELS, Level, cap
from leastwise.rules.python.exposure.asking import (
    NO,
    Cut,
    alone,
    asked,
    carrier,
    is_in_vpc,
    service_of,
    settled,
    those_outside,
)
from leastwise.rules.python.exposure.worth import LEVELS as GRADES
from leastwise.rules.python.exposure.worth import granted, worth
from leastwise.rules.wording import listed
from leastwise.semantics.model import Answer, CallerPattern
from leastwise.semantics.principals import is_everyone

MESSAGE = "{subject} lets anyone call {actions}"
STATEMENTS = 20
"""Public statements of one policy that are asked about, those with few conditions first.

SOUND: under-approximates.
"""
SHOWN = 3
UNBLOCKED = "that S3 Block Public Access, which is on for new buckets, is off for this one"
_SEARCH = "es"
_URL_ONLY = "lambda:invokedviafunctionurl"
_INVOKE = "lambda:InvokeFunction"

Found = tuple[Level, Answer]


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit of all that strangers may do."""
    whole = case.access.trust
    if whole is None or not any(map(names_everyone, whole.document.statements)):
        return ()
    found = found_in(case, settled(whole, names_everyone))
    if not found:
        return ()
    told = hit(found, MESSAGE)
    is_bucket = service_of(carrier(case)) == "s3"
    return (told._replace(assumptions=(UNBLOCKED,)) if is_bucket else told,)


def names_everyone(statement: Statement) -> bool:
    """Say whether a statement lets everyone in, as far as its Principal goes."""
    principals = statement.principals
    if statement.effect != "Allow" or principals is None or principals.negated:
        return False
    return any(map(is_everyone, principals.entries))


def found_in(case: Case, cut: Policy) -> list[Found]:
    """List what a stranger may do by each statement of a cut, the most serious first."""
    statements = cut.document.statements
    granting = [n for n, s in enumerate(statements) if s.effect == "Allow" and not _is_empty(s)]
    granting.sort(key=lambda n: len(statements[n].conditions))
    found = []
    for index in granting[:STATEMENTS]:
        level, answer = _worst(case, alone(cut, index), statements[index])
        if answer.certainty != "no":
            found.append((level, answer))
    return sorted(found, key=lambda one: -LEVELS.index(one[0]))


def _is_empty(statement: Statement) -> bool:
    return not statement.actions.globs and not statement.actions.negated


def _worst(case: Case, part: Cut, statement: Statement) -> Found:
    """Find the most serious thing that a stranger may do by one statement."""
    service = service_of(carrier(case))
    in_vpc = is_in_vpc(case) if service == _SEARCH else None
    actions = granted(statement, service) if in_vpc is not True else ()
    most: Level = "note" if service == _SEARCH and in_vpc is None else "error"
    ways = [
        one for one in those_outside(part) if _asked(case, part, actions, one).certainty != "no"
    ]
    for level in GRADES if ways else ():
        graded = [a for a in actions if cap(_graded(a, statement), most) == level]
        for stranger in ways if graded else ():
            answer = _asked(case, part, graded, stranger)
            if answer.certainty != "no":
                return level, answer
    return "note", NO


def _asked(case: Case, part: Cut, actions: Sequence[str], stranger: Stranger) -> Answer:
    who = CallerPattern("AWS", Pattern((stranger.arn,)))
    return asked(case, part, actions, who, stranger.context)


def _graded(action: str, statement: Statement) -> Level:
    """Grade an action; a call of a function that only its URL may make is worth as much as that."""
    keys = (c.key_name for c in statement.conditions)
    if action == _INVOKE and _URL_ONLY in keys:
        action = "lambda:InvokeFunctionUrl"
    return worth(action)


def hit(found: list[Found], message: str, code: str = "") -> Hit:
    """Make one hit of several answers, the most serious of which speaks."""
    level = found[0][0]
    answers = tuple(answer for _, answer in found)
    actions = dict.fromkeys(name for answer in answers for name in named_actions(answer))
    certain = any(a.certainty == "proven" for lvl, a in found if lvl == level)
    return Hit(
        level,
        "proven" if certain else "possible",
        answers,
        message,
        words={"actions": listed(list(actions), SHOWN)},
        points_at="principal",
        code=code,
    )


def named_actions(answer: Answer) -> list[str]:
    """Name the action of an answer as the policy spells it, or as AWS does."""
    written = [str(d.action) for d in answer.deciding if d.action is not None]
    if written and written[0] != "*":
        return written[:1]
    return [] if answer.witness is None else [answer.witness.action]
