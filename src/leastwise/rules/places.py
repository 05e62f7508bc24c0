"""Find where a finding points: the narrowest string that decides, and what stands around it."""

from collections.abc import Iterator

from leastwise.entry.admission import admits
from leastwise.iam.policy import Pattern, Patterns, Statement
from leastwise.iam.project import Attachment
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit, PointsAt
from leastwise.rules.model import Related
from leastwise.semantics.globs import wildcard_takes
from leastwise.semantics.model import Deciding
from leastwise.source.span import Span

_ORDER: tuple[PointsAt, ...] = ("principal", "action", "resource", "condition")
_GRANTING = ("identity", "trust", "resource")


def granting(hit: Hit) -> list[Deciding]:
    """List the Allow statements that decide a hit, each once, in the order of its answers."""
    found: dict[tuple[int, int], Deciding] = {}
    for deciding in every_grant(hit):
        found.setdefault((id(deciding.policy), deciding.statement), deciding)
    return list(found.values())


def every_grant(hit: Hit) -> list[Deciding]:
    """List what grants in each answer of a hit."""
    return [
        deciding
        for answer in hit.answers
        for deciding in answer.deciding
        if deciding.layer in _GRANTING and statement_of(deciding).effect != "Deny"
    ]


def statement_of(deciding: Deciding) -> Statement:
    """Return the statement that a deciding entry points at."""
    return deciding.policy.document.statements[deciding.statement]


def primary(hit: Hit, case: Case) -> Span:
    """Return the narrowest editable string that decides.

    An AWS managed document is not in the tree, so its attachment stands for it. Last resort is
    the place of the policy or principal, then the start of the file.
    """
    if hit.span is not None:
        return hit.span
    deciding = granting(hit)
    if deciding:
        policy = case.original(deciding[0].policy)
        if policy.aws_managed:
            attachments = deciding_attachments(hit, case)
            if attachments and attachments[0].span is not None:
                return attachments[0].span
        else:
            spot = _spot(deciding[0], hit)
            if spot is not None:
                return spot
            if policy.span is not None:
                return policy.span
    return _fallback(case)


def _fallback(case: Case) -> Span:
    for span in (
        case.policy.span if case.policy is not None else None,
        case.principal.span if case.principal is not None else None,
        case.credential.span if case.credential is not None else None,
    ):
        if span is not None:
            return span
    roots = case.view.project.roots
    return Span(roots[0].path if roots else case.subject.address, 0, 0)


def _spot(deciding: Deciding, hit: Hit) -> Span | None:
    statement = statement_of(deciding)
    for spot in _spots(deciding, statement, hit):
        if spot is not None:
            return spot
    return statement.span


def _spots(deciding: Deciding, statement: Statement, hit: Hit) -> Iterator[Span | None]:
    for what in sorted(_ORDER, key=lambda w: w != hit.points_at):
        match what:
            case "action":
                yield _string(deciding.action, statement.actions)
            case "resource":
                yield _string(deciding.resource, statement.resources)
            case "principal":
                yield _principal(statement, hit)
            case "condition":
                yield _condition_value(statement, hit)


def _string(pattern: Pattern | None, element: Patterns | None) -> Span | None:
    if pattern is not None and pattern.origin is not None:
        return pattern.span
    if element is None:
        return None
    if pattern is None and len(element.globs) == 1 and not element.negated:
        only = element.globs[0]
        if only.origin is not None:
            return only.span
    return element.span


def _principal(statement: Statement, hit: Hit) -> Span | None:
    principals = statement.principals
    if principals is None:
        return None
    witness = hit.answers[0].witness if hit.answers else None
    if witness is not None:
        for entry in principals.entries:
            if admits(entry, witness.principal) and entry.pattern.origin is not None:
                return entry.pattern.span
    return principals.span


def _condition_value(statement: Statement, hit: Hit) -> Span | None:
    """Find the wildcard of a condition that lets the witness in."""
    witness = hit.answers[0].witness if hit.answers else None
    context = dict(witness.context) if witness is not None else {}
    for condition in statement.conditions:
        for given in context.get(condition.key_name, ()):
            for value in condition.values:
                if wildcard_takes((value.literal or "",), given) and value.origin is not None:
                    return value.span
    return None


def statement_spans(hit: Hit, case: Case) -> tuple[Span, ...]:
    """Return where the deciding statements stand."""
    spans = [statement_of(d).span for d in granting(hit) if not case.original(d.policy).aws_managed]
    if case.policy is not None:
        spans += [case.policy.document.statements[n].span for n in hit.statements]
    return tuple(dict.fromkeys(s for s in spans if s is not None))


def deciding_attachments(hit: Hit, case: Case) -> tuple[Attachment, ...]:
    """Return the attachments through which the deciding policies are held."""
    policies = {id(case.original(d.policy)) for d in granting(hit)}
    return tuple(a for a in case.attachments if id(a.policy) in policies)


def related(hit: Hit, case: Case, point: Span) -> tuple[Related, ...]:
    """Return the attachments that a reader wants to see beside the finding."""
    found: dict[Span, Related] = {}
    for attachment in deciding_attachments(hit, case):
        if attachment.how == "managed" and attachment.span not in (None, point):
            name = attachment.policy.address
            span = attachment.span
            if span is not None and span not in found:
                found[span] = Related(span, f"{name} is attached here")
    return tuple(found.values())
