"""validity/unreachable-role: a role whose trust policy lets nobody assume it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
A role is assumed by those whom an Allow of its trust policy names and no Deny of it refuses.
"""

from dataclasses import replace

from leastwise.iam.policy import PolicyDocument
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.validity.emptiness import MOST_ENTRIES, document_allows_nothing
from leastwise.rules.python.validity.issues import Issue, reported


def decide(case: Case) -> tuple[Hit, ...]:
    """Report a role that its trust policy closes to everybody."""
    if case.policy is None or case.policy.document.opaque is not None:
        return ()
    document = case.policy.document
    effects = {statement.effect for statement in document.statements}
    # What an Allow without any Deny asks for in vain is told of its condition.
    if "Deny" not in effects or len(document.statements) > MOST_ENTRIES:
        return ()
    allows = [n for n, s in enumerate(document.statements) if s.effect != "Deny"]
    if allows and not _is_refused(document):
        return ()
    if not allows:
        message = "nobody can assume {subject}: its trust policy only denies"
        return reported([Issue("", "note", message, document.span or case.policy.span)], case)
    message = "nobody can assume {subject}: its Deny statements refuse all that it allows"
    span = document.statements[allows[0]].span or document.span
    return reported([Issue("", "warning", message, span, allows[0])], case)


def _is_refused(document: PolicyDocument) -> bool:
    """Say whether it is the Deny statements that leave nothing over of a document."""
    if not document_allows_nothing(document):
        return False
    kept = tuple(s for s in document.statements if s.effect != "Deny")
    return not document_allows_nothing(replace(document, statements=kept))
