"""exposure/foreign-account: a named account of somebody else may use a resource.

Asked is, for each account that a policy names, what its principals may do without being of an
organization. Quiet are the own account, those of the configuration, and those in which AWS itself
delivers logs (``data/aws_service_accounts.csv``).
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from leastwise.entry.admission import account_named, is_whole_account
from leastwise.entry.friends import friends_of, is_trusted
from leastwise.iam.arns import account_of, is_account
from leastwise.iam.policy import Pattern, PrincipalEntry, Statement
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.rules.python.exposure.asking import (
    NO,
    Cut,
    alone,
    asked,
    carrier,
    service_of,
    settled,
)
from leastwise.rules.python.exposure.public_resource import named_actions
from leastwise.rules.python.exposure.worth import granted, is_content, is_permissions, worth
from leastwise.rules.wording import listed
from leastwise.semantics.model import Answer, CallerPattern
from leastwise.semantics.principals import is_everyone

MESSAGE = "{subject} lets account {account} call {actions}"
UNKNOWN = "that account {account} is not the own one, which is not known here"
ENTRIES = 40
"""Principals of other accounts that are asked about; more say nothing new."""
_TABLE = Path(__file__).parents[3] / "data" / "aws_service_accounts.csv"
_SHOWN = 3
_PICKING = ("aws:principalaccount", "aws:principalarn", "kms:calleraccount")

Named = tuple[PrincipalEntry, Statement, int]


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each foreign account."""
    whole = case.access.trust
    named = _foreign(case) if whole is not None else {}
    if whole is None or not named:
        return ()
    cut = settled(whole, lambda statement: statement.effect == "Allow")
    hits = (_judge(case, cut, account, entries) for account, entries in named.items())
    return tuple(hit for hit in hits if hit is not None)


def _foreign(case: Case) -> dict[str, list[Named]]:
    found: dict[str, list[Named]] = {}
    own, friends = own_accounts(case), friends_of(case.view.config)
    for number, (account, one) in enumerate(_named(case)):
        if number == ENTRIES:
            break
        if (
            account not in own
            and account not in _of_aws()
            and not is_trusted(friends, account, str(one[0].pattern))
        ):
            found.setdefault(account, []).append(one)
    return found


def _named(case: Case) -> Iterator[tuple[str, Named]]:
    trust = case.access.trust
    for index, statement in enumerate(trust.document.statements if trust is not None else ()):
        principals = statement.principals
        if statement.effect != "Allow" or principals is None or principals.negated:
            continue
        for entry in principals.entries:
            account = account_named(entry.pattern) if entry.type == "AWS" else None
            if account is not None and is_account(account):
                yield account, (entry, statement, index)
        if any(map(is_everyone, principals.entries)):
            for account, entry in _in_conditions(statement):
                yield account, (entry, statement, index)


def _in_conditions(statement: Statement) -> Iterator[tuple[str, PrincipalEntry]]:
    """List accounts that conditions pick out of everyone, as if they were principals."""
    for condition in statement.conditions:
        for value in condition.values if condition.key_name in _PICKING else ():
            account = account_named(value)
            if account is not None and is_account(account):
                yield account, PrincipalEntry("AWS", value)


def own_accounts(case: Case) -> frozenset[str]:
    """Return the accounts that are known to be the team's: of the root, and as configured."""
    config, root = case.view.config, case.view.project.owner(case.policy)
    found = {*config.own_accounts, *((config.account,) if config.account else ())}
    resource = carrier(case)
    if resource is not None and resource.arn is not None:
        found |= {account_of(resource.arn) or ""}
    for principal in case.view.project.principals:
        if case.view.project.owner(principal) is root and principal.id.account.number:
            found.add(principal.id.account.number)
    found |= set(_in_resources(case))
    return frozenset(found - {""}) or _of_key(case)


def _in_resources(case: Case) -> Iterator[str]:
    """List the accounts in Resource elements: there a policy names what carries it."""
    for statement in case.policy.document.statements if case.policy is not None else ():
        for glob in statement.resources.globs if statement.resources is not None else ():
            yield account_of(glob) or ""


def _of_key(case: Case) -> frozenset[str]:
    """Guess the account of a key: every key policy names it, with all actions, so that it counts.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    for account, (entry, statement, _) in _named(case):
        actions = [glob.literal for glob in statement.actions.globs]
        if is_whole_account(entry.pattern) and "kms:*" in actions and not statement.conditions:
            return frozenset({account})
    return frozenset()


@cache
def _of_aws() -> frozenset[str]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()[1:]
    return frozenset(line.partition(",")[0] for line in lines)


def _judge(case: Case, cut: Policy, account: str, named: list[Named]) -> Hit | None:
    service = service_of(carrier(case))
    actions = dict.fromkeys(a for _, statement, _ in named for a in granted(statement, service))
    part = alone(cut, *(index for *_, index in named))
    whole = any(is_whole_account(entry.pattern) for entry, *_ in named)
    name = f"arn:aws:iam::{account}:*" if whole else str(named[0][0].pattern)
    for level, graded in _grades(case, list(actions)):
        answer = _ask(case, part, name, account, graded)
        if answer.certainty != "no":
            return _hit(case, account, named[0][0], level, answer)
    return None


def _grades(case: Case, actions: list[str]) -> Iterator[tuple[Level, list[str]]]:
    """Sort actions by what they are worth in the hands of an account that somebody chose.

    Whether it is one of the team's is known only to who lists those in the configuration.
    """
    known = bool(case.view.config.own_accounts or case.view.config.own_organizations)
    content: Level = "warning" if known else "note"
    telling = [a for a in actions if worth(a) != "note"]
    yield "warning", [a for a in telling if is_permissions(a)]
    yield content, [a for a in telling if is_content(a)]
    yield "note", actions


def _ask(case: Case, part: Cut, name: str, account: str, actions: list[str]) -> Answer:
    if not actions:
        return NO
    context = (
        ("aws:principalaccount", (Pattern((account,)),)),
        ("kms:calleraccount", (Pattern((account,)),)),
        ("aws:principalorgid", None),
        ("aws:principalorgpaths", None),
    )
    return asked(case, part, actions, CallerPattern("AWS", Pattern((name,))), context)


def _hit(case: Case, account: str, entry: PrincipalEntry, level: Level, answer: Answer) -> Hit:
    known = bool(own_accounts(case))
    return Hit(
        level,
        answer.certainty if known else "possible",
        (answer,),
        MESSAGE,
        words={"account": account, "actions": listed(named_actions(answer), _SHOWN)},
        points_at="principal",
        span=entry.pattern.span,
        assumptions=() if known else (UNKNOWN.replace("{account}", account),),
    )
