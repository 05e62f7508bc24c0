"""trust/oidc-wide-sub, trust/irsa-wide-sub and trust/oidc-missing-aud: how much of a tenant.

Asked are a project that no policy names (a whole tenant may assume the role) and a branch, or
whatever else lies within a project, that no policy names.
"""

from collections.abc import Iterator

from leastwise.entry.claims import of_any
from leastwise.entry.issuers import Form, Templates
from leastwise.entry.tokens import Accepted, ask
from leastwise.iam.policy import Pattern
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.trust.oidc_hits import hit, providers, tenant_level
from leastwise.rules.python.trust.oidc_tenants import is_github, openness
from leastwise.semantics.callers import UNNAMED
from leastwise.semantics.model import Answer

EVERY_PROJECT = "{subject} can be assumed by {who} of any {project} of the {tenant}"
EVERY_PART = "{subject} can be assumed by {who} of any {part}"
ANY_AUDIENCE = (
    "{subject} takes tokens of {issuer} for every audience that is registered with the provider"
)


def decide_wide_sub(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each provider of whose tenant every project, or every part, is let in."""
    return tuple(_wide(case, "pipeline"))


def decide_irsa_wide_sub(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each cluster of which every namespace, or account of one, is let in."""
    return tuple(_wide(case, "kubernetes"))


def decide_missing_aud(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each provider whose tokens are not asked whom they are made out to."""
    found = []
    for one in providers(case, "pipeline", "kubernetes"):
        if "aud" in one.issuer.stranger or openness(one) is not None:
            continue
        answer = ask(one, (("aud", (Pattern((f"aud-{UNNAMED}",)),)),))
        if answer.certainty != "no":
            found.append(hit(case, one, (answer,), "note", ANY_AUDIENCE))
    return tuple(found)


def _wide(case: Case, form: Form) -> Iterator[Hit]:
    for one in providers(case, form):
        how = openness(one)
        if how is not None and how.lack != "missing-tenant":
            continue
        code = "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED" if is_github(one) else ""
        everywhere = _all(one, one.issuer.anywhere)
        if everywhere:
            yield hit(case, one, everywhere, tenant_level(case), EVERY_PROJECT)._replace(code=code)
            continue
        anyhow = _all(one, one.issuer.anyhow)
        if anyhow:
            yield hit(case, one, anyhow, "note", EVERY_PART)._replace(code=code)


def _all(one: Accepted, wanted: tuple[Templates, ...]) -> tuple[Answer, ...]:
    """Ask for all of it; nothing where one is refused."""
    answers = tuple(ask(one, of_any(one, templates)) for templates in wanted)
    return () if any(answer.certainty == "no" for answer in answers) else answers
