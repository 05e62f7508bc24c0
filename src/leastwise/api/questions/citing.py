"""Name a statement that has a say for people: its policy, its Sid or number, and its place."""

from collections.abc import Iterator

from leastwise.iam.organization import FULL_ACCESS
from leastwise.iam.project import Attachment, Policy, Principal
from leastwise.reporters.story import Cited, Verb
from leastwise.semantics.access import BOUNDARY_NOT_IN_VIEW, SOME_WORLDS
from leastwise.semantics.decide import WHOLE_DOCUMENT
from leastwise.semantics.model import Answer, Deciding
from leastwise.source.span import Span
from leastwise.source.text import span_of

BOUNDARY_UNSEEN = "its permissions boundary, which is not in view, must allow it too"


def citable(answer: Answer) -> Iterator[Deciding]:
    """Yield the statements that allow what an answer found, as far as they stand somewhere."""
    for deciding in answer.deciding:
        if deciding.statement == WHOLE_DOCUMENT or deciding.policy is FULL_ACCESS:
            continue
        if deciding.policy.address:  # what the graph lets somebody write stands nowhere
            yield deciding


def reasons_of(answer: Answer) -> Iterator[str]:
    """Say on what a possible answer rests."""
    texts = [assumption.text for assumption in answer.assumptions]
    yield from texts
    for reason in answer.reasons:
        if reason == BOUNDARY_NOT_IN_VIEW:
            yield BOUNDARY_UNSEEN
        elif reason != SOME_WORLDS or not texts:
            yield reason


def citation(principal: Principal | None, deciding: Deciding, verb: Verb, text: str) -> Cited:
    """Cite a statement; one of AWS's own documents is cited where it is attached."""
    policy = deciding.policy
    statement = policy.document.statements[deciding.statement]
    name = f"statement {deciding.statement + 1}"
    if statement.sid:
        name = f'statement "{statement.sid}"'
    span = _place(deciding)
    if policy.aws_managed:
        attachment = attachment_of(principal, policy)
        span = None if attachment is None else attachment.span
    # A resource's policy that is judged alone stands where a trust policy does.
    layer = policy.kind if deciding.layer in ("trust", "resource") else deciding.layer
    return Cited(layer, verb, policy.address, name, text, span, attached=policy.aws_managed)


def attachment_of(principal: Principal | None, policy: Policy) -> Attachment | None:
    """Return what attaches a policy to a principal, its boundary included."""
    if principal is None:
        return None
    held = (*principal.attachments, *([principal.boundary] if principal.boundary else []))
    return next((a for a in held if a.policy is policy), None)


def _place(deciding: Deciding) -> Span | None:
    """Return the string that decides: of what matches the action, of what misses the part."""
    statement = deciding.policy.document.statements[deciding.statement]
    if deciding.action is not None and deciding.action.origin is not None:
        span = span_of(deciding.action.origin)
        if span is not None:
            return span
    return (
        statement.actions.span
        or statement.span
        or deciding.policy.document.span
        or deciding.policy.span
    )
