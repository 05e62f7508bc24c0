"""validity/invalid-scp, validity/invalid-rcp and validity/rcp-missing-guard.

Sources: "SCP syntax", "RCP syntax" and "Resource control policies (RCPs)", AWS Organizations User
Guide. Since September 2025 SCPs take conditions, NotAction and NotResource with Allow, resources
and wildcards anywhere in actions ("AWS Organizations service control policy now supports full IAM
language", AWS Security Blog), so that four checks of older releases are never made, and a wildcard
inside of an action, which the reference still lists, is a note.
"Data perimeter policy examples", AWS samples, guard their RCPs as rcp-missing-guard wants it.
"""

from collections.abc import Iterator

from leastwise.iam.policy import Condition, Pattern, Statement
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.issues import Issue, reported
from leastwise.rules.python.validity.written import element, policy_of, statements
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.value import Mapping

RCP_SERVICES = frozenset(
    {
        "aoss",
        "cognito-identity",
        "cognito-idp",
        "dynamodb",
        "ecr",
        "kms",
        "logs",
        "s3",
        "secretsmanager",
        "sqs",
        "sts",
    }
)
"""Services whose actions RCPs take as of 2026; AWS adds to them."""
_OF_PRINCIPALS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
    }
)
_OF_SOURCES = frozenset(
    {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"}
)
_BY_SERVICE = "aws:principalisawsservice"


def decide_scp(case: Case) -> tuple[Hit, ...]:
    """Report what service control policies do not take."""
    return reported(_of_scp(case), case) if policy_of(case).kind == "scp" else ()


def decide_rcp(case: Case) -> tuple[Hit, ...]:
    """Report what resource control policies do not take."""
    return reported(_of_rcp(case), case) if policy_of(case).kind == "rcp" else ()


def decide_guard(case: Case) -> tuple[Hit, ...]:
    """Report RCPs that deny AWS services, or everyone, by a key that they do not send."""
    return reported(_unguarded(case), case) if policy_of(case).kind == "rcp" else ()


def _of_scp(case: Case) -> Iterator[Issue]:
    for written in statements(case):
        for name in ("Principal", "NotPrincipal"):
            found = element(written.mapping, name)
            if found is not None:
                message = f"{{subject}} has {name}, but SCPs apply to whole accounts"
                place = span_of(found.key) or found.place
                yield Issue("SCP_SYNTAX_ERROR_PRINCIPAL", "error", message, place, written.number)
        yield from _inner_wildcards(written.statement.actions.globs, written.number)


def _inner_wildcards(actions: tuple[Pattern, ...], number: int) -> Iterator[Issue]:
    """Note once for each statement what AWS takes in SCPs since September 2025."""
    found = [(glob, text) for glob in actions if _has_wildcard_before_its_end(text := str(glob))]
    if found:
        glob, text = found[0]
        others = f" ({len(found)} such actions)" if len(found) > 1 else ""
        message = (
            f"{{subject}} has a wildcard before the end of the action {text!r}{others}: AWS takes"
            " that in SCPs since September 2025, older checks refuse it"
        )
        yield Issue("SCP_SYNTAX_ERROR_ACTION_WILDCARD", "note", message, glob.span, number, (text,))


def _has_wildcard_before_its_end(action: str) -> bool:
    return any(c in "*?" for c in action[:-1]) or action.endswith("?")


def _of_rcp(case: Case) -> Iterator[Issue]:
    for written in statements(case):
        for issue in _elements(written.mapping, written.statement):
            yield issue._replace(statement=written.number)


def _elements(mapping: Mapping, statement: Statement) -> Iterator[Issue]:
    negated = element(mapping, "NotPrincipal")
    if negated is not None:
        place = span_of(negated.key) or negated.place
        message = "{subject} has NotPrincipal, which RCPs do not take"
        yield Issue("RCP_SYNTAX_ERROR_PRINCIPAL", "error", message, place)
    named = statement.principals
    for entry in () if named is None or named.negated else named.entries:
        if entry.pattern.literal not in (None, "*"):
            message = f"{{subject}} names the principal {str(entry.pattern)!r}; RCPs take '*' only"
            code = "RCP_SYNTAX_ERROR_PRINCIPAL"
            yield Issue(code, "error", message, entry.pattern.span, key=(str(entry.pattern),))
    not_action = element(mapping, "NotAction")
    if not_action is not None:
        place = span_of(not_action.key) or not_action.place
        message = "{subject} has NotAction, which RCPs do not take"
        yield Issue("RCP_SYNTAX_ERROR_NOTACTION", "error", message, place)
    yield from _allow(mapping, statement)
    yield from _services(statement)


def _allow(mapping: Mapping, statement: Statement) -> Iterator[Issue]:
    """Tell an Allow that is not that of RCPFullAWSAccess, the only one there may be."""
    effect = element(mapping, "Effect")
    if effect is None or statement.effect != "Allow":
        return
    globs = (*statement.actions.globs, *(statement.resources.globs if statement.resources else ()))
    limits = bool(statement.conditions) or element(mapping, "NotResource") is not None
    if limits or any(glob.literal not in (None, "*") for glob in globs):
        message = "{subject} allows less than everything; RCPs of your own only deny"
        yield Issue("RCP_SYNTAX_ERROR_ALLOW", "error", message, effect.place)


def _services(statement: Statement) -> Iterator[Issue]:
    for glob in statement.actions.globs if statement.effect == "Deny" else ():
        service, colon, _ = (glob.literal or "").lower().partition(":")
        if colon and not any(c in "*?" for c in service) and service not in RCP_SERVICES:
            message = (
                f"{{subject}} has the action {str(glob)!r}; {service!r} is none of the services"
                " that RCPs were known to reach in 2026"
            )
            code = "RCP_SYNTAX_ERROR_ACTION"
            yield Issue(code, "warning", message, glob.span, key=(str(glob),))


def _unguarded(case: Case) -> Iterator[Issue]:
    for index, statement in enumerate(policy_of(case).document.statements):
        if statement.effect == "Deny" and statement.conditions_tail is None:
            for issue in _guards(statement):
                yield issue._replace(statement=index)


def _guards(statement: Statement) -> Iterator[Issue]:
    principals = [c for c in statement.conditions if _key(c) in _OF_PRINCIPALS]
    sources = [c for c in statement.conditions if _key(c) in _OF_SOURCES and not _is_null(c)]
    if principals and not _compares(statement, "false"):
        message = (
            f"{{subject}} denies by {str(principals[0].key)!r}, which AWS services do not send,"
            " without BoolIfExists aws:PrincipalIsAWSService false"
        )
        code = "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY"
        yield Issue(code, "warning", message, _of_key(principals[0]))
    if sources and not _compares(statement, "true"):
        message = (
            f"{{subject}} denies by {str(sources[0].key)!r}, which only AWS services send, without"
            " Bool aws:PrincipalIsAWSService true"
        )
        code = "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY"
        yield Issue(code, "warning", message, _of_key(sources[0]))
    elif sources and not any(_key(c) in _OF_SOURCES and _is_null(c) for c in statement.conditions):
        message = (
            f"{{subject}} denies by {str(sources[0].key)!r}, which AWS services do not always send,"
            " without Null aws:SourceAccount false"
        )
        code = "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK"
        yield Issue(code, "warning", message, _of_key(sources[0]))


def _key(condition: Condition) -> str:
    return (condition.key.literal or "").lower()


def _is_null(condition: Condition) -> bool:
    return condition.operator.name == "Null"


def _compares(statement: Statement, wanted: str) -> bool:
    """Say whether a statement asks whether the caller is an AWS service."""
    return any(
        _key(c) == _BY_SERVICE
        and c.operator.name == "Bool"
        and any(value.literal is None or value.literal.lower() == wanted for value in c.values)
        for c in statement.conditions
    )


def _of_key(condition: Condition) -> Span | None:
    return condition.span or condition.key.span
