"""Tell by which module calls a finding is reached, and which values of variables it rests on."""

from collections.abc import Iterable

from leastwise.iam.project import ModuleCall, Occurrence, VariableUse
from leastwise.iam.worlds import parts_of
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Related
from leastwise.rules.places import deciding_attachments, granting, statement_of
from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.value import Chars, Text, Value


def reached(case: Case) -> tuple[tuple[ModuleCall, ...], ...]:
    """Return the chain of calls to the policy, or to the principal, of a case."""
    policy, principal = case.policy, case.principal
    found = policy.occurrence if policy is not None else None
    if found is None and principal is not None:
        found = principal.occurrence
    return (found.calls,) if found is not None and found.calls else ()


def created(occurrence: Occurrence | None) -> tuple[Related, ...]:
    """Return the line of an app that makes the construct of a case, where that is known."""
    if occurrence is None or occurrence.created is None:
        return ()
    return (Related(occurrence.created, f"the construct {occurrence.construct} is made here"),)


def rests_on(hit: Hit, case: Case, point: Span) -> tuple[VariableUse, ...]:
    """Return what the deciding policies and attachments rest on.

    Values that a deciding statement holds come first, then the others by name.
    """
    held = deciding_attachments(hit, case)
    resting = [case.original(deciding.policy).rests_on for deciding in granting(hit)]
    resting += [attachment.rests_on for attachment in held]
    resting += [attachment.policy.rests_on for attachment in held]
    resting += [] if case.credential is None else [case.credential.rests_on]
    resting.append(_of_document(hit, case, point))
    uses = dict.fromkeys(use for found in resting for use in found)
    places = [point, *_places(hit)]
    return tuple(sorted(uses, key=lambda use: (not _is_in(use.span, places), use.name)))


def _of_document(hit: Hit, case: Case, point: Span) -> tuple[VariableUse, ...]:
    """Return what a find without a request rests on: the values that it points into.

    Nothing, where all that it points at is written there; else all that the document rests on.
    """
    if case.kind != "document" or case.policy is None:
        return ()
    uses = case.policy.rests_on
    pointed = tuple(use for use in uses if _is_in(use.span, [point]))
    if pointed or not uses:
        return pointed
    lowered = case.policy.document.statements
    written = [w for n in hit.statements if (w := lowered[n].written) is not None]
    whole = case.policy.value
    values: list[Value] = [*written] if written or whole is None else [whole]
    return () if any(_is_written_at(point, value) for value in values) else uses


def _is_written_at(point: Span, value: Value) -> bool:
    """Say whether a string of a value has all of its characters from one place."""
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, Text):
            if span_of(current) == point and _is_literal(current, point):
                return True
        else:
            pending += parts_of(current)
    return False


def _is_literal(text: Text, point: Span) -> bool:
    """Say whether a string is as it is written: no part of it comes from elsewhere."""
    if text.derived:
        return False
    for piece in text.pieces:
        if not isinstance(piece, Chars):
            return False
        covered = sum(s.end - s.start for s in piece.segments if _is_in(point, [s.span]))
        if covered < len(piece.text):
            return False
    return True


def _places(hit: Hit) -> list[Span]:
    """Return where the strings of the deciding statements are written."""
    found: list[Span] = []
    for deciding in granting(hit):
        statement = statement_of(deciding)
        resources = statement.resources.globs if statement.resources is not None else ()
        principals = statement.principals.entries if statement.principals is not None else ()
        values = [value for condition in statement.conditions for value in condition.values]
        for pattern in (
            *statement.actions.globs,
            *resources,
            *(entry.pattern for entry in principals),
            *values,
        ):
            span = pattern.span
            found += [] if span is None else [span]
    return found


def _is_in(outer: Span | None, places: Iterable[Span]) -> bool:
    return outer is not None and any(
        p.path == outer.path and outer.start <= p.start and p.end <= outer.end for p in places
    )


def is_alone(uses: Iterable[VariableUse]) -> bool:
    """Say whether a caller that is not in view may pass other values."""
    return any(use.alone for use in uses)
