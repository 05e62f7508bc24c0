"""Make hits of statements that accept tokens, for the rules about identity providers."""

from collections.abc import Iterator, Mapping

from leastwise.entry.issuers import Form
from leastwise.entry.tokens import Accepted, accepted, place
from leastwise.iam.policy import Pattern
from leastwise.rules.admins import is_admin_equivalent
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Level
from leastwise.semantics.known import in_place
from leastwise.semantics.model import Answer

_NO_WORDS: Mapping[str, str] = {}


def providers(case: Case, *forms: Form) -> Iterator[Accepted]:
    """List the providers that a trust policy accepts tokens of, if they are of such forms."""
    trust = case.access.trust
    for one in accepted(trust.document) if trust is not None else ():
        if one.issuer.form in forms:
            yield one


def tenant_level(case: Case) -> Level:
    """Return how serious it is that a whole tenant may assume the role."""
    principal = case.principal
    is_admin = principal is not None and is_admin_equivalent(principal, case.view.graph)
    return "error" if is_admin else "warning"


def hit(
    case: Case,
    one: Accepted,
    answers: tuple[Answer, ...],
    level: Level,
    message: str,
    words: Mapping[str, str] = _NO_WORDS,
) -> Hit:
    """Make a hit that points at the value that lets the token in, else at the provider.

    ``{issuer}``, ``{who}``, ``{tenant}``, ``{project}`` and ``{part}`` of the message are the
    issuer's, ``words`` are further ones.
    """
    trust = case.access.trust
    if trust is None:
        raise ValueError("a provider without a trust policy")
    issuer = one.issuer
    is_proven = not one.is_guess and all(a.certainty == "proven" for a in answers)
    if level == "error" and _rests_on_a_tenant_unknown(one, answers):
        is_proven = False
    told = {
        "issuer": one.label,
        "who": issuer.who,
        "tenant": issuer.tenant,
        "project": issuer.project,
        "part": issuer.part,
        **words,
    }
    return Hit(
        level,
        "proven" if is_proven else "possible",
        tuple(in_place(answer, trust) for answer in answers),
        message,
        words=told,
        points_at="condition",
        span=place(one, answers[0], trust),
    )


def _rests_on_a_tenant_unknown(one: Accepted, answers: tuple[Answer, ...]) -> bool:
    """Say whether all that tells tenants apart is partly unknown: it may spell a whole name.

    ``repo:${var.repository}*`` is open to other owners only where the variable holds no slash.
    """
    decided = [d.policy.document.statements[d.statement] for a in answers for d in a.deciding]
    values = [
        value
        for statement in decided
        for condition in statement.conditions
        if condition.key_name.rpartition(":")[2] in one.issuer.stranger
        for value in condition.values
    ]
    return bool(values) and all(_ends_a_name_unknown(value) for value in values)


def _ends_a_name_unknown(value: Pattern) -> bool:
    """Say whether a wildcard follows what is not known."""
    unknown = [n for n, piece in enumerate(value.pieces) if not isinstance(piece, str)]
    after = value.pieces[unknown[0] + 1 :] if unknown else ()
    return any(isinstance(piece, str) and "*" in piece for piece in after)
