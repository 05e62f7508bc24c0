"""Say whether a resource or trust policy is public: whether a stranger can use it.

A policy is public when it allows some request of a stranger; ``rules.strangers`` says who that is.

Identity providers that sign tokens for every customer of theirs let strangers in as well; the
rules of ``_TOKENS`` know them.

Not modelled: access control lists, S3's own Block Public Access settings, and strangers that
come through an AWS service.
"""

from itertools import islice

from leastwise.api.environment import Environment, bound_policy
from leastwise.config.model import Config
from leastwise.entry.issuers import issuer_of
from leastwise.entry.strangers import MOST_CASES, strangers
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Policy, Project
from leastwise.rules.catalogue import catalogue
from leastwise.rules.engine import evaluate
from leastwise.rules.model import Finding
from leastwise.semantics.access import allows
from leastwise.semantics.model import Answer, CallerPattern, EffectiveAccess, RequestPattern
from leastwise.semantics.valuation import ACCOUNT

_TOKENS = ("trust/cognito-missing-aud", "trust/oidc-missing-sub", "trust/oidc-open-sub")


def is_public(policy: Policy, owner: Pattern | None = None) -> Answer:
    """Answer whether some request of a stranger is allowed by a policy with principals.

    ``owner`` is the ARN of the role that a trust policy belongs to, where it is known.
    """
    # Whatever its number is, the account that the code is deployed to is not the stranger's.
    policy = bound_policy(policy, Environment(account=ACCOUNT))
    actions = ("sts:AssumeRole",) if policy.kind == "trust" else ("*",)
    resources = None if owner is None else (owner,)
    best = Answer("no")
    for number, stranger in enumerate(islice(strangers(policy.document), MOST_CASES + 1)):
        if number == MOST_CASES:
            reason = "it tests more keys of the caller than are tried together"
            return best if best.certainty != "no" else Answer("possible", reasons=(reason,))
        caller = CallerPattern("AWS", Pattern((stranger.arn,)))
        pattern = RequestPattern(actions, resources, caller, stranger.context)
        answer = allows(EffectiveAccess(trust=policy), pattern)
        if answer.certainty == "proven":
            return answer
        if best.certainty == "no":
            best = answer
    return best


def strangers_by_token(project: Project) -> tuple[Finding, ...]:
    """Return the roles that a token of a stranger opens, as findings of the rules that say so."""
    rules = tuple(rule for rule in catalogue() if rule.info.id in _TOKENS)
    found = evaluate(project, Config(), rules, lambda case: case.kind == "trust").findings
    return tuple(f for f in found if any(_is_strangers(a) for a in f.answers))


def _is_strangers(answer: Answer) -> bool:
    """Say whether a token is of an issuer that signs for everybody."""
    if answer.witness is None:
        return False
    name = answer.witness.principal.name
    return issuer_of(name.rpartition("oidc-provider/")[2]).is_shared
