"""validity/mismatched-assume-action and validity/redundant-principal: trust that does nothing.

Sources: "AWS STS condition keys and actions" and "AWS JSON policy elements: Principal", AWS IAM
User Guide: federated principals assume a role with a SAML assertion or a web identity, everyone
else with AssumeRole. "Trust model in IAM Roles Anywhere", IAM Roles Anywhere User Guide: the
service needs AssumeRole, SetSourceIdentity and TagSession.
"""

from collections.abc import Iterable, Iterator

from leastwise.iam.arns import segments, spelled
from leastwise.iam.policy import PrincipalEntry, Principals, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written import policy_of
from leastwise.semantics.pattern import accepts, compile_glob, tokenize

_PLAIN, _SAML, _WEB = (
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
)
_SPELLED = {
    _PLAIN: "sts:AssumeRole",
    _SAML: "sts:AssumeRoleWithSAML",
    _WEB: "sts:AssumeRoleWithWebIdentity",
    "sts:setsourceidentity": "sts:SetSourceIdentity",
    "sts:tagsession": "sts:TagSession",
}
_ROLES_ANYWHERE = "rolesanywhere.amazonaws.com"
_NEEDED = (_PLAIN, "sts:setsourceidentity", "sts:tagsession")


def decide(case: Case) -> tuple[Hit, ...]:
    """Report statements of trust policies whose actions are not those of their principals."""
    policy = policy_of(case)
    if policy.kind != "trust":
        return ()
    allowing = [
        (number, s) for number, s in enumerate(policy.document.statements) if s.effect == "Allow"
    ]
    found = [issue for number, s in allowing for issue in _mismatched(number, s)]
    return reported((*found, *_roles_anywhere(allowing)), case)


def decide_redundant(case: Case) -> tuple[Hit, ...]:
    """Report sessions of a role that are trusted beside the role itself."""
    if policy_of(case).kind != "trust":
        return ()
    found = (
        issue
        for number, statement in enumerate(policy_of(case).document.statements)
        for issue in _redundant(number, statement.principals)
    )
    return reported(found, case)


def _mismatched(number: int, statement: Statement) -> Iterator[Issue]:
    principals = statement.principals
    if principals is None or principals.negated or principals.tail is not None:
        return
    if statement.actions.negated:
        return
    able = {action for entry in principals.entries for action in _ways(entry)}
    for glob in statement.actions.globs:
        action = (glob.literal or "").lower()
        if principals.entries and action in (_PLAIN, _SAML, _WEB) and action not in able:
            message = (
                f"{{subject}} allows {_SPELLED[action]} to principals that can't call it:"
                f" {_listed(able)} would be theirs"
            )
            place = glob.span
            others = _others(statement, action) & able
            code = "MISMATCHED_ACTION_FOR_PRINCIPAL"
            yield Issue(code, "note" if others else "warning", message, place, number, (action,))


def _others(statement: Statement, action: str) -> set[str]:
    """Return the further ways that a statement allows."""
    named = {(glob.literal or "").lower() for glob in statement.actions.globs}
    return named - {action}


def _listed(actions: Iterable[str]) -> str:
    return " and ".join(_SPELLED[action] for action in sorted(actions))


def _ways(entry: PrincipalEntry) -> tuple[str, ...]:
    """Return the actions by which a principal may assume a role; all, where it is not known."""
    if entry.type in ("AWS", "Service") and entry.pattern.literal != "*":
        return (_PLAIN,)
    if entry.type != "Federated":
        return (_PLAIN, _SAML, _WEB)
    literal = entry.pattern.literal or ""
    parts = segments(entry.pattern)
    resource = spelled(parts[5][:1]) if len(parts) == 6 else None
    if resource is not None and resource.startswith("saml-provider/"):
        return (_SAML,)
    if resource is not None and resource.startswith("oidc-provider/"):
        return (_WEB,)
    return (_WEB,) if literal and not literal.startswith("arn:") else (_SAML, _WEB)


def _roles_anywhere(allowing: list[tuple[int, Statement]]) -> Iterator[Issue]:
    trusting = [(n, s, e) for n, s in allowing for e in _anywhere(s)]
    if not trusting or any(s.actions.negated or s.actions.tail for _, s, _ in trusting):
        return
    globs = [glob for _, s, _ in trusting for glob in s.actions.globs]
    if any(glob.literal is None for glob in globs):
        return
    rows = [compile_glob(tokenize(((glob.literal or "").lower(),)) or ()) for glob in globs]
    missing = [a for a in _NEEDED if not any(accepts(row, (a,)) for row in rows)]
    if missing:
        number, _, entry = trusting[0]
        message = (
            f"{{subject}} trusts IAM Roles Anywhere without {_listed(missing)}, which it needs"
        )
        place = entry.pattern.span
        code = "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY"
        yield Issue(code, "warning", message, place, number, tuple(missing))


def _anywhere(statement: Statement) -> Iterator[PrincipalEntry]:
    if statement.principals is not None and not statement.principals.negated:
        for entry in statement.principals.entries:
            if entry.type == "Service" and entry.pattern.literal == _ROLES_ANYWHERE:
                yield entry


def _redundant(number: int, principals: Principals | None) -> Iterator[Issue]:
    if principals is None:
        return
    roles = {_role(entry) for entry in principals.entries} - {None}
    for entry in principals.entries:
        session = _session(entry)
        if session is not None and session in roles:
            literal = entry.pattern.literal or ""
            message = f"{{subject}} trusts the session {literal} beside its role, which says it all"
            place = entry.pattern.span
            code = "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY"
            yield Issue(code, "note", message, place, number, (literal,))


def _role(entry: PrincipalEntry) -> tuple[str, str, str] | None:
    parts = (entry.pattern.literal or "").split(":", 5)
    if len(parts) != 6 or parts[2] != "iam" or not parts[5].startswith("role/"):
        return None
    return parts[1], parts[4], parts[5].rpartition("/")[2]


def _session(entry: PrincipalEntry) -> tuple[str, str, str] | None:
    parts = (entry.pattern.literal or "").split(":", 5)
    if len(parts) != 6 or parts[2] != "sts" or not parts[5].startswith("assumed-role/"):
        return None
    return parts[1], parts[4], parts[5].split("/")[1]
