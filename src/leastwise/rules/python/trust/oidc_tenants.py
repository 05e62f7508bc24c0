"""trust/oidc-missing-sub, -open-sub, -missing-tenant and trust/irsa-missing-sub: whose tokens.

Of an issuer that signs for everybody, a token of a tenant that no policy names is put to the
statement; of an issuer of one's own, a token for somebody whom no condition names.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from leastwise.entry.claims import of_a_stranger, of_nobody
from leastwise.entry.issuers import Form
from leastwise.entry.tokens import Accepted, ask, claims_in
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.trust.oidc_hits import hit, providers, tenant_level
from leastwise.semantics.model import Answer

Lack: TypeAlias = Literal["missing-sub", "open-sub", "missing-tenant"]

ANY_TENANT = "{subject} can be assumed by {who} of any {tenant}"
ANYBODY = "{subject} can be assumed by whoever {issuer} signs a token for"
ANY_POD = "{subject} can be assumed by any service account of the cluster of {issuer}"
LET_IN = "{subject} can be assumed by {who} of any {tenant} that a wildcard lets in: {claim}"
STARTED = "{subject} can be assumed by {who} of any {tenant} if the right person starts it"
GITHUB = "GitHub Actions"


class Open(NamedTuple):
    """Hold how a statement is open to those whom it does not name; the answer shows it."""

    lack: Lack
    answer: Answer


def decide_missing_sub(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each provider, but clusters and identity pools, whose tokens all do."""
    return tuple(_missing(case, "pipeline"))


def decide_irsa_missing_sub(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each cluster of which every service account may assume the role."""
    return tuple(_missing(case, "kubernetes"))


def decide_open_sub(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each provider of which a wildcard lets other tenants in."""
    found = []
    for one, how in _opened(case, "open-sub", "pipeline"):
        code = "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED" if is_github(one) else ""
        words = {"claim": _shown(one, how.answer)}
        found.append(hit(case, one, (how.answer,), "error", LET_IN, words)._replace(code=code))
    return tuple(found)


def decide_missing_tenant(case: Case) -> tuple[Hit, ...]:
    """Make a hit for each provider of which only the person who starts a job is tested."""
    opened = _opened(case, "missing-tenant", "pipeline")
    return tuple(hit(case, one, (how.answer,), "warning", STARTED) for one, how in opened)


def openness(one: Accepted) -> Open | None:
    """Say how a statement is open to tokens of tenants, or identities, that it does not name."""
    if not one.issuer.is_shared:
        answer = ask(one, of_nobody(one))
        return None if answer.certainty == "no" else Open("missing-sub", answer)
    answer = ask(one, of_a_stranger(one))
    if answer.certainty != "no":
        is_named = ask(one, of_nobody(one)).certainty == "no"
        return Open("open-sub" if is_named else "missing-sub", answer)
    if one.issuer.person:
        answer = ask(one, of_a_stranger(one, with_person=False))
        if answer.certainty != "no":
            return Open("missing-tenant", answer)
    return None


def is_github(one: Accepted) -> bool:
    """Say whether the provider is GitHub's own, which Access Analyzer has checks for."""
    return one.issuer.name == GITHUB and one.issuer.is_shared


def _opened(case: Case, lack: Lack, form: Form) -> Iterator[tuple[Accepted, Open]]:
    for one in providers(case, form):
        how = openness(one)
        if how is not None and how.lack == lack:
            yield one, how


def _missing(case: Case, form: Form) -> Iterator[Hit]:
    for one, how in _opened(case, "missing-sub", form):
        level, message = tenant_level(case), ANY_POD if form == "kubernetes" else ANYBODY
        if one.issuer.is_shared:
            level, message = "error", ANY_TENANT
        yield hit(case, one, (how.answer,), level, message)._replace(code=_code(one))


def _code(one: Accepted) -> str:
    if is_github(one) and "sub" not in one.tested:
        return "MISSING_GITHUB_REPO_CONDITION_KEY"
    return "" if one.tested else "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL"


def _shown(one: Accepted, answer: Answer) -> str:
    """Spell the claim of the witness that tells its tenant."""
    claims = claims_in(answer)
    names = [claim for claim in one.issuer.stranger if claim in one.tested and claim in claims]
    return f"{names[0]} {claims[names[0]]}" if names else one.label
