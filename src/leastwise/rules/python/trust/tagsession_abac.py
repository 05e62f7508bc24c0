"""trust/tagsession-abac: callers choose the session tags on which the role's own grants depend.

A session tag overrides the role's tag of the same key, so that whoever may pass it chooses what
``${aws:PrincipalTag/...}`` stands for.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
"""

from collections.abc import Iterator

from leastwise.entry.asked_trust import asked, one
from leastwise.iam.policy import Pattern
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.python.trust.tags import principal_tags
from leastwise.semantics.model import Answer, CallerPattern, Context, RequestPattern

MESSAGE = "{subject} lets its callers choose the session tag {tag}, which its own policies rely on"
_VALUE = "a-value-that-nobody-names"
_MOST = 16


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for the first tag that a caller may choose freely."""
    if case.principal is None:
        return ()
    for tag in list(_relied_on(case))[:_MOST]:
        answer = _chosen(case, tag)
        if answer is not None:
            words = {"tag": tag}
            return (Hit("warning", answer.certainty, (answer,), MESSAGE, words=words),)
    return ()


def _relied_on(case: Case) -> Iterator[str]:
    seen: dict[str, None] = {}
    principal = case.principal
    for attachment in principal.attachments if principal is not None else ():
        if not attachment.policy.aws_managed:
            seen.update(dict.fromkeys(principal_tags(attachment.policy)))
    yield from seen


def _chosen(case: Case, tag: str) -> Answer | None:
    """Ask for a caller with AWS credentials; the tags of a token are the provider's."""
    trust = case.access.trust
    context: Context = (
        (f"aws:requesttag/{tag}", one(_VALUE)),
        ("aws:tagkeys", one(tag)),
    )
    pattern = RequestPattern(
        ("sts:TagSession",), principal=CallerPattern("AWS", Pattern(("*",))), context=context
    )
    return None if trust is None else asked(trust, pattern)
