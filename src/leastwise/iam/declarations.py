"""What front ends declare of a root's principals, policies and attachments, before they are tied.

Names and ARNs are patterns of pieces. ``assemble`` ties them.
"""

from typing import Literal, NamedTuple

from leastwise.iam.policy import Pattern
from leastwise.iam.project import (
    Assignment,
    Attachment,
    Occurrence,
    Policy,
    PrincipalId,
    Removal,
    VariableUse,
)
from leastwise.source.span import Span
from leastwise.source.value import Assumption, Text


class PolicyReference(NamedTuple):
    """Refer to a managed policy by its ARN, from ``origin`` (an address), written at ``span``.

    The reference is there only in the worlds where all of ``when`` hold: the statements of the
    policy it resolves to have these assumptions added.
    """

    arn: Pattern
    span: Span | None
    origin: str
    removal: Removal | None = None
    when: tuple[Assumption, ...] = ()
    rests_on: tuple[VariableUse, ...] = ()


class PrincipalDeclaration(NamedTuple):
    """Declare a role, user, group or permission set as its own resource spells it.

    ``inline`` and ``managed`` are what the resource itself carries; ``groups`` are names of
    groups a user joins. ``assignments`` as in ``Principal``. ``open``: its policies may include
    more that are not known. ``boundaries`` are the boundaries where a test decides which one it
    has, in all worlds; None where it has none.
    """

    id: PrincipalId
    address: str
    arn: Pattern
    span: Span | None
    trust: Policy | None = None
    boundary: PolicyReference | None = None
    inline: tuple[Attachment, ...] = ()
    managed: tuple[PolicyReference, ...] = ()
    groups: tuple[Pattern, ...] = ()
    tags: tuple[tuple[Text, Text], ...] = ()
    open: bool = False
    occurrence: Occurrence | None = None
    assignments: tuple[Assignment, ...] | None = None
    boundaries: tuple[tuple[tuple[Assumption, ...], PolicyReference | None], ...] = ()


class AttachmentDeclaration(NamedTuple):
    """Declare that a policy is attached to a principal by a resource of its own.

    ``principal`` is the name (without path) or, for ``"any-name"`` sources, the ARN the user
    wrote; ``policy`` is the inline document or the reference to a managed one.
    """

    kind: Literal["role", "user", "group", "permission-set"]
    principal: Pattern
    policy: Policy | PolicyReference
    span: Span | None
    origin: str
    removal: Removal | None = None


class MembershipDeclaration(NamedTuple):
    """Declare that users belong to a group where ``when`` holds; names are patterns."""

    group: Pattern
    user: Pattern
    origin: str
    when: tuple[Assumption, ...] = ()
