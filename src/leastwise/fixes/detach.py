"""The fix that detaches an AWS managed policy from the principal it makes too strong.

The document can't be edited (AWS owns it), so the attachment goes. What the front end can't
remove from its source, or what is not an attachment of an AWS managed policy, gets no fix here.
"""

import shlex

from leastwise.iam.project import Attachment, Principal
from leastwise.rules.model import Finding
from leastwise.source.edit import Applicability, Edit, Fix, overlaps


def detach(finding: Finding) -> Fix | None:
    """Propose to detach the AWS managed policies that decide a finding, not yet proved.

    Returns None when one of the deciding attachments is of another kind: taking only some of
    them away would not end the finding.
    """
    principal = finding.principal
    attachments = finding.attachments
    if principal is None or not attachments:
        return None
    if not all(_is_direct_managed(attachment) for attachment in attachments):
        return None
    names = " and ".join(dict.fromkeys(_policy_name(a) for a in attachments))
    title = f"Detach {names} from {principal.address}"
    loses = f"{principal.address} can no longer do what only {names} allows"
    edits = _edits(attachments)
    if edits:
        return Fix(title, edits, Applicability.UNSAFE, loses)
    commands = _commands(attachments)
    if commands:
        return Fix(title, (), Applicability.DISPLAY, loses, commands=commands)
    return None


def _is_direct_managed(attachment: Attachment) -> bool:
    """Tell what may go: held by the principal itself, and not written by AWS for a service.

    A group's attachment serves all its members; a policy under ``service-role/`` is what AWS
    says the service needs.
    """
    path = str(attachment.policy.arn or "").partition(":policy/")[2]
    return (
        attachment.policy.aws_managed
        and attachment.removal is not None
        and not attachment.via
        and not path.startswith(("service-role/", "aws-service-role/"))
    )


def _policy_name(attachment: Attachment) -> str:
    arn = attachment.policy.arn
    return str(arn if arn is not None else attachment.policy.address).rpartition("/")[2]


def _edits(attachments: tuple[Attachment, ...]) -> tuple[Edit, ...]:
    edits: list[Edit] = []
    for attachment in attachments:
        removal = attachment.removal
        if removal is None or not removal.edits:
            return ()
        edits += [edit for edit in removal.edits if edit not in edits]
    return () if overlaps(edits) else tuple(sorted(edits))


def _commands(attachments: tuple[Attachment, ...]) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for attachment in attachments:
        removal = attachment.removal
        if removal is None or not removal.command:
            return ()
        pairs.append((shlex.join(removal.command), shlex.join(removal.undo)))
    return tuple(pairs)


def without(principal: Principal, attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    """Return what a principal would still hold after the detachment."""
    gone = {id(attachment) for attachment in attachments}
    return tuple(a for a in principal.attachments if id(a) not in gone)
