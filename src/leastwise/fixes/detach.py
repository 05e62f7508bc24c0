"""The fix that detaches an AWS managed policy from the principal it makes too strong.

The document can't be edited (AWS owns it), so the attachment goes. What the front end can't
remove from its source, or what is not an attachment of an AWS managed policy, gets no fix here.
"""

from collections.abc import Iterable

from leastwise.iam.project import Attachment, Principal
from leastwise.rules.model import Finding
from leastwise.source.edit import Applicability, Edit, Fix, overlaps


def detach(finding: Finding) -> Fix | None:
    """Propose to detach the AWS managed policies that decide a finding, not yet proved.

    A note is no reason to detach anything. Returns None when one of the deciding attachments is
    of another kind, or is a group's and the finding its member's: taking only some of them away
    would not end the finding.
    """
    principal = finding.principal
    if principal is None or not finding.attachments or finding.level == "note":
        return None
    attachments = _with_twins(principal, finding.attachments)
    # What members hold through a group goes with the group's own attachment.
    attachments = [a for a in attachments if a.via is None or a.via != principal.address]
    if not attachments or not all(_is_direct_managed(a) for a in attachments):
        return None
    names = " and ".join(dict.fromkeys(_policy_name(a) for a in attachments))
    who = _who(principal, attachments)
    title = f"Detach {names} from {who}"
    members = " and its members" if principal.kind == "group" else ""
    loses = f"{who}{members} can no longer do what only {names} allows"
    edits = _edits(attachments)
    if edits:
        return Fix(title, edits, Applicability.UNSAFE, loses)
    commands = _commands(attachments)
    if commands:
        return Fix(title, (), Applicability.DISPLAY, loses, commands=commands)
    return None


def _with_twins(principal: Principal, deciding: Iterable[Attachment]) -> list[Attachment]:
    """Add the attachments that give the principal the same policies a second time."""
    found = dict.fromkeys(deciding)
    arns = {_arn(attachment) for attachment in found}
    found |= dict.fromkeys(
        a for a in principal.attachments if a.policy.aws_managed and _arn(a) in arns
    )
    return list(found)


def _who(principal: Principal, attachments: Iterable[Attachment]) -> str:
    """Name the principal; one finding may stand for several that a shared string serves."""
    own = set(map(id, principal.attachments))
    others = any(id(attachment) not in own for attachment in attachments)
    return f"{principal.address} and others" if others else principal.address


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


def _arn(attachment: Attachment) -> str:
    arn = attachment.policy.arn
    return str(arn if arn is not None else attachment.policy.address)


def _policy_name(attachment: Attachment) -> str:
    return _arn(attachment).rpartition("/")[2]


def _edits(attachments: Iterable[Attachment]) -> tuple[Edit, ...]:
    edits: list[Edit] = []
    for attachment in attachments:
        removal = attachment.removal
        if removal is None or not removal.edits:
            return ()
        edits += [edit for edit in removal.edits if edit not in edits]
    return () if overlaps(edits) else tuple(sorted(edits))


def _commands(attachments: Iterable[Attachment]) -> tuple[tuple[str, str], ...]:
    import shlex

    pairs: list[tuple[str, str]] = []
    for attachment in attachments:
        removal = attachment.removal
        if removal is None or not removal.command:
            return ()
        pairs.append((shlex.join(removal.command), shlex.join(removal.undo)))
    return tuple(pairs)
