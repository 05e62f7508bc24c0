"""Policy documents as the analyses see them, whatever they were written in.

Structure is compared, places are not: two documents that say the same are equal and hash alike
(spans and texts are outside the hash), so that they can be interned.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from leastwise.source.span import Span
from leastwise.source.text import span_of
from leastwise.source.value import Assumption, Mapping, Symbol, Text

if TYPE_CHECKING:
    from leastwise.source.located import LocatedDiagnostic

Effect: TypeAlias = Literal["Allow", "Deny", "Unknown"]
PolicyKind: TypeAlias = Literal[
    "identity", "trust", "resource", "boundary", "session", "scp", "rcp", "endpoint"
]
WITH_PRINCIPAL: frozenset[PolicyKind] = frozenset({"resource", "trust", "rcp", "endpoint"})
"""Kinds of policies whose statements say themselves to whom they apply."""
DOCUMENT_ELEMENTS = ("Version", "Id", "Statement")
STATEMENT_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
"""What a policy and a statement may hold, in AWS's spelling."""

PrincipalType: TypeAlias = Literal["AWS", "Service", "Federated", "CanonicalUser", "*", "Unknown"]
Quantifier: TypeAlias = Literal["ForAllValues", "ForAnyValue"]
OperatorName: TypeAlias = Literal[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotEquals",
    "ArnLike",
    "ArnNotLike",
    "Null",
    "Unknown",
]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Hold one string of a statement: an action, an ARN, a principal or a condition value.

    ``pieces`` alternates known characters and symbols; no two strings are adjacent, no string
    is empty (the empty pattern has no pieces). Wildcards and ``${aws:...}`` policy variables
    stay in the characters; the semantics engine gives them meaning. ``origin`` is the text it
    came from, for places and edits.
    """

    pieces: tuple[str | Symbol, ...]
    origin: Text | None = field(default=None, compare=False, repr=False)

    @property
    def literal(self) -> str | None:
        """Return the characters when no symbol is among the pieces, else None."""
        if not self.pieces:
            return ""
        if len(self.pieces) == 1 and isinstance(self.pieces[0], str):
            return self.pieces[0]
        return None

    @property
    def span(self) -> Span | None:
        """Return where the string is written; None where it is made up."""
        return None if self.origin is None else span_of(self.origin)

    def __str__(self) -> str:
        """Spell the pattern for people, unknown parts as ``${reference}``."""
        return "".join(p if isinstance(p, str) else "${" + p.reference + "}" for p in self.pieces)


@dataclass(frozen=True, slots=True)
class Patterns:
    """Hold the list of an Action, NotAction, Resource or NotResource element.

    ``negated`` serves the Not elements; ``tail`` stands for further entries that are not known.
    ``span`` is where the whole element's value is written.
    """

    globs: tuple[Pattern, ...]
    negated: bool = False
    tail: Symbol | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


class PrincipalEntry(NamedTuple):
    """Name one principal of a resource or trust policy.

    ``Principal: "*"`` is the type ``*`` with the pattern ``*``; ``{"AWS": "*"}`` is the type
    ``AWS`` with the pattern ``*`` (AWS treats both alike). Type ``Unknown``: not known.
    """

    type: PrincipalType
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Principals:
    """Hold a Principal or NotPrincipal element."""

    entries: tuple[PrincipalEntry, ...]
    negated: bool = False
    tail: Symbol | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


class Operator(NamedTuple):
    """Hold a parsed condition operator; ``Unknown`` is a name AWS does not define."""

    name: OperatorName
    quantifier: Quantifier | None = None
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """Hold one operator and key of a Condition block; values are alternatives (OR).

    ``key`` is spelled as written; keys compare case-insensitively. ``tail``: further values
    that are not known. ``span`` is where the key is written, ``written`` the operator's text.
    """

    operator: Operator
    key: Pattern
    values: tuple[Pattern, ...]
    tail: Symbol | None = None
    span: Span | None = field(default=None, compare=False, repr=False)
    written: Text | None = field(default=None, compare=False, repr=False)

    @property
    def key_name(self) -> str:
        """Return the key as keys compare, in lower case; unknown parts as ``${reference}``."""
        return str(self.key).lower()


@dataclass(frozen=True, slots=True)
class Statement:
    """Hold one statement; it exists only in the worlds where all of ``when`` hold.

    ``principals`` is None in identity-type documents, ``resources`` is None in trust policies.
    ``conditions`` are ANDed; ``conditions_tail`` stands for further conditions not known.
    Effect ``Unknown``: it may allow or deny. ``written`` is the object it was lowered from, in its
    world, with all that AWS would refuse.
    """

    effect: Effect
    actions: Patterns
    resources: Patterns | None = None
    principals: Principals | None = None
    conditions: tuple[Condition, ...] = ()
    conditions_tail: Symbol | None = None
    sid: str | None = None
    when: tuple[Assumption, ...] = ()
    span: Span | None = field(default=None, compare=False, repr=False)
    written: Mapping | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """Hold a policy: one ``Statement`` per AWS statement and world, in file order.

    ``version`` decides whether policy variables are live (only ``2012-10-17``; a document
    without Version has ``2008-10-17``, as AWS reads it). ``opaque``: the document, or part of
    its statements, is not known, so it may allow or deny anything more than what stands here.
    ``diagnostics``: what ``parse`` did not understand.
    """

    statements: tuple[Statement, ...]
    version: str = "2012-10-17"
    opaque: Symbol | None = None
    span: Span | None = field(default=None, compare=False, repr=False)
    diagnostics: "tuple[LocatedDiagnostic, ...]" = field(default=(), compare=False, repr=False)

    @staticmethod
    def parse(
        text: str | bytes, kind: PolicyKind | None = None, *, path: str = "<string>"
    ) -> "PolicyDocument":
        """Parse the JSON text of a policy; never raises for what is in it.

        A document that AWS would refuse is ``opaque``, so that nothing is proved from it, and
        its ``diagnostics`` say where and why. Without ``kind`` the content tells: trust when all
        actions are role assumptions, resource when a statement has a principal, else identity.
        ``path`` is what diagnostics call the text.
        """
        from leastwise.iam.parse import parse_policy

        return parse_policy(text, kind, path)
