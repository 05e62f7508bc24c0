"""trust/cross-account-no-externalid: a named account of others may assume the role.

Asked is the confused deputy: the named account calls, outside the own organisation, without a
second factor, and without the external id or with one that the policy does not name.
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from leastwise.iam.policy import Pattern, PrincipalEntry
from leastwise.rules.admission import account_named, is_whole_account
from leastwise.rules.arns import account_of, is_account
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.semantics.access import allows
from leastwise.semantics.model import Answer, CallerPattern, RequestPattern
from leastwise.source.text import span_of

MESSAGE = "{subject} can be assumed from account {account} without an external id"
UNKNOWN = "that account {account} is not the role's own, which is not known here"

ExternalId = tuple[Pattern, ...] | None


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each foreign account."""
    own = account_of(case.self_arn)
    found = []
    for account, entry in _named(case).items():
        if account == own or account in case.view.config.own_accounts:
            continue
        answer = _assumed_by(case, entry, account)
        if answer is not None:
            found.append(_hit(account, entry, answer, known=own is not None))
    return tuple(found)


def _named(case: Case) -> dict[str, PrincipalEntry]:
    found: dict[str, PrincipalEntry] = {}
    trust = case.access.trust
    for statement in trust.document.statements if trust is not None else ():
        principals = statement.principals
        if statement.effect != "Allow" or principals is None or principals.negated:
            continue
        for entry in principals.entries:
            account = account_named(entry.pattern) if entry.type == "AWS" else None
            if account is not None and is_account(account):
                found.setdefault(account, entry)
    return found


def _assumed_by(case: Case, entry: PrincipalEntry, account: str) -> Answer | None:
    whole = is_whole_account(entry.pattern)
    name = f"arn:aws:iam::{account}:*" if whole else str(entry.pattern)
    guessed = (Pattern(("a-value-that-nobody-names*",)),)
    for external_id in (None, guessed):
        answer = allows(case.access, _request(name, account, external_id))
        if answer.certainty != "no":
            return answer
    return None


def _request(name: str, account: str, external_id: ExternalId) -> RequestPattern:
    return RequestPattern(
        actions=("sts:AssumeRole",),
        principal=CallerPattern("AWS", Pattern((name,))),
        context=(
            ("aws:multifactorauthpresent", None),
            ("aws:principalaccount", (Pattern((account,)),)),
            ("aws:principalorgid", None),
            ("aws:principalorgpaths", None),
            ("sts:externalid", external_id),
        ),
    )


def _hit(account: str, entry: PrincipalEntry, answer: Answer, *, known: bool) -> Hit:
    origin = entry.pattern.origin
    return Hit(
        "warning",
        answer.certainty if known else "possible",
        (answer,),
        MESSAGE,
        words={"account": account},
        points_at="principal",
        span=None if origin is None else span_of(origin),
        assumptions=() if known else (UNKNOWN.replace("{account}", account),),
    )
