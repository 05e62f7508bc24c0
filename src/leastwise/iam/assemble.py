"""Tie declared principals, policies and attachments of one root together.

Front ends declare what they read; names and ARNs are patterns of pieces, and two of them name
the same thing when their pieces are equal (a symbol equals itself only). What a reference names
that is not declared is an AWS managed policy from the snapshot, or a policy not in view.
"""

from dataclasses import dataclass, field
from typing import Literal

from leastwise.iam.policy import Pattern
from leastwise.iam.project import (
    Attachment,
    NotInView,
    Occurrence,
    Policy,
    Principal,
    PrincipalId,
    Removal,
)
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.value import Assumption, Symbol, Text


@dataclass(frozen=True, slots=True, eq=False)
class PolicyReference:
    """Refer to a managed policy by its ARN, from ``origin`` (an address), written at ``span``.

    The reference is there only in the worlds where all of ``when`` hold: the statements of the
    policy it resolves to have these assumptions added.
    """

    arn: Pattern
    span: Span | None
    origin: str
    removal: Removal | None = None
    when: tuple[Assumption, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PrincipalDeclaration:
    """Declare a role, user, group or permission set as its own resource spells it.

    ``inline`` and ``managed`` are what the resource itself carries; ``groups`` are names of
    groups a user joins. ``open``: its policies may include more that are not known.
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


@dataclass(frozen=True, slots=True, eq=False)
class AttachmentDeclaration:
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


@dataclass(frozen=True, slots=True, eq=False)
class MembershipDeclaration:
    """Declare that users belong to a group; names are patterns."""

    group: Pattern
    user: Pattern
    origin: str


@dataclass(frozen=True, slots=True, eq=False)
class Assembled:
    """Hold principals with all their attachments, and every policy with its consumption set."""

    principals: tuple[Principal, ...]
    policies: tuple[Policy, ...]
    diagnostics: tuple[Diagnostic, ...] = field(default=())
    not_in_view: tuple[NotInView, ...] = field(default=())


def open_document_symbol(reference: str, root: str) -> Symbol:
    """Return the symbol that stands for a policy document that is not in view."""
    return Symbol(f"{root}|document|{reference}", reference)
