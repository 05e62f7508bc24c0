"""Find what a name or an ARN stands for: a declared principal, a declared policy, one of AWS."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from leastwise.iam.arns import Pieces, segments
from leastwise.iam.declarations import (
    AttachmentDeclaration,
    PolicyReference,
    PrincipalDeclaration,
)
from leastwise.iam.managed import is_aws_managed, managed_policy, snapshot_date
from leastwise.iam.policy import Pattern, PolicyDocument, PolicyKind
from leastwise.iam.project import (
    Account,
    Attachment,
    NotInView,
    Policy,
    PrincipalId,
    PrincipalKind,
    Root,
)
from leastwise.source.span import Span
from leastwise.source.value import Symbol


class Arn(NamedTuple):
    """Hold the parts of an ARN that tell IAM principals and policies apart."""

    partition: Pieces
    account: Pieces
    resource: Pieces


def arn_of(pattern: Pattern) -> Arn | None:
    """Split an ARN at its first five colons; None when it does not show all six parts."""
    parts = segments(pattern)
    if len(parts) != 6 or parts[0] != ("arn",):
        return None
    return Arn(parts[1], parts[4], parts[5])


def may_be_same(left: Arn, right: Arn) -> bool:
    """Say whether two ARNs of one resource part are equal but for unbound partition and account.

    SOUND: over-approximates; within one root an account that is not known is taken as the one
    that is written.
    """
    pairs = ((left.partition, right.partition), (left.account, right.account))
    return left.resource == right.resource and all(
        a == b or _is_environment(a) or _is_environment(b) for a, b in pairs
    )


def _is_environment(pieces: Pieces) -> bool:
    return len(pieces) == 1 and isinstance(pieces[0], Symbol) and pieces[0].environment


def last_name(pieces: Pieces) -> Pieces:
    """Return the name of a principal or policy without its path."""
    for index in range(len(pieces) - 1, -1, -1):
        piece = pieces[index]
        if isinstance(piece, str) and "/" in piece:
            name = piece.rpartition("/")[2]
            return ((name,) if name else ()) + pieces[index + 1 :]
    return pieces


class PrincipalIndex:
    """Find declarations by name or ARN."""

    __slots__ = ("_arns", "_names", "_resources")

    def __init__(self, principals: Iterable[PrincipalDeclaration]) -> None:
        self._names: dict[tuple[PrincipalKind, Pieces], list[PrincipalDeclaration]] = {}
        self._arns: dict[Pieces, list[PrincipalDeclaration]] = {}
        self._resources: dict[Pieces, list[tuple[Arn, PrincipalDeclaration]]] = {}
        for one in principals:
            name = last_name(one.id.name.pieces)
            self._names.setdefault((one.id.kind, name), []).append(one)
            self._arns.setdefault(one.arn.pieces, []).append(one)
            arn = arn_of(one.arn)
            if arn is not None:
                self._resources.setdefault(arn.resource, []).append((arn, one))

    def matching(self, kind: PrincipalKind, name: Pattern) -> list[PrincipalDeclaration]:
        """Return the declarations that a name (without path) or an ARN stands for."""
        named = self._names.get((kind, name.pieces))
        if named:
            return named
        found = self._arns.get(name.pieces)
        if found:
            return [one for one in found if one.id.kind == kind]
        arn = arn_of(name)
        if arn is None:
            return []
        near = self._resources.get(arn.resource, [])
        return [one for other, one in near if one.id.kind == kind and may_be_same(arn, other)]


@dataclass(slots=True, eq=False, repr=False)
class PolicyLookup:
    """Resolve references to managed policies; one policy per ARN and use."""

    root: Root
    declared: tuple[Policy, ...]
    not_in_view: list[NotInView] = field(default_factory=list)
    _exact: dict[Pieces, list[Policy]] = field(init=False)
    _near: dict[Pieces, list[tuple[Arn, Policy]]] = field(init=False)
    _found: dict[tuple[Pieces, PolicyKind], Policy] = field(init=False)

    def __post_init__(self) -> None:
        self._exact, self._near, self._found = {}, {}, {}
        for policy in self.declared:
            if policy.arn is None:
                continue
            self._exact.setdefault(policy.arn.pieces, []).append(policy)
            arn = arn_of(policy.arn)
            if arn is not None:
                self._near.setdefault(arn.resource, []).append((arn, policy))

    def policies(self, reference: PolicyReference) -> list[Policy]:
        """Return what a reference may name: declared policies, or one that was looked up."""
        return self._declared(reference.arn) or [self._looked_up(reference, "identity")]

    def named(self, reference: PolicyReference) -> list[Policy]:
        """Return the declared policies that a reference may name."""
        return self._declared(reference.arn)

    def boundary(self, reference: PolicyReference) -> Attachment:
        """Return the attachment of a permissions boundary; it may be a document not in view."""
        declared = self._declared(reference.arn)
        policy = declared[0] if len(declared) == 1 else self._looked_up(reference, "boundary")
        return Attachment(policy, "managed", reference.span, reference.origin)

    def _declared(self, reference: Pattern) -> list[Policy]:
        exact = self._exact.get(reference.pieces)
        if exact:
            return exact
        arn = arn_of(reference)
        if arn is None:
            return []
        return [p for other, p in self._near.get(arn.resource, []) if may_be_same(arn, other)]

    def _looked_up(self, reference: PolicyReference, kind: PolicyKind) -> Policy:
        key = (reference.arn.pieces, kind)
        if key not in self._found:
            found = managed_policy(reference.arn) or self._unseen(reference)
            self._found[key] = found if kind == "identity" else replace(found, kind=kind)
        return self._found[key]

    def _unseen(self, reference: PolicyReference) -> Policy:
        """Make an opaque policy: it may allow or deny anything."""
        arn = reference.arn
        by_aws = is_aws_managed(arn)
        spelled = "".join(p if isinstance(p, str) else "${" + p.id + "}" for p in arn.pieces)
        symbol = open_document_symbol(spelled, self.root.path)
        place = reference.span or Span(self.root.path, 0, 0)
        message = f"the document of {str(arn)!r}, attached by {reference.origin}, is not in view"
        remedy = _AWS_REMEDY.format(snapshot_date()) if by_aws else _REMEDY
        self.not_in_view.append(NotInView("policy", place, message, remedy))
        return Policy(
            address=str(arn),
            attribute="policy",
            kind="identity",
            document=PolicyDocument((), opaque=Symbol(symbol.id, str(arn))),
            resolution="opaque",
            span=reference.span,
            consumption="ignored",
            arn=arn,
            aws_managed=by_aws,
        )


_AWS_REMEDY = "the AWS managed policies on record are of {}; update leastwise for newer ones"
_REMEDY = "add its source, or check an account dump (aws iam get-account-authorization-details)"


def undeclared(
    root: Root,
    declared: tuple[PrincipalDeclaration, ...],
    attachments: tuple[AttachmentDeclaration, ...],
) -> tuple[PrincipalDeclaration, ...]:
    """Declare each principal that attachments name literally but no resource declares."""
    names = PrincipalIndex(declared)
    account = declared[0].id.account if declared else Account(f"{root.path}|aws|account")
    found: dict[tuple[PrincipalKind, str], PrincipalDeclaration] = {}
    for one in attachments:
        name = one.principal.literal
        if name and (one.kind, name) not in found and not names.matching(one.kind, one.principal):
            found[one.kind, name] = _undeclared(one, name, account)
    return tuple(found.values())


def _undeclared(one: AttachmentDeclaration, name: str, account: Account) -> PrincipalDeclaration:
    """Declare an existing principal that the root only attaches to: it may hold more."""
    arn = one.principal
    written = arn_of(arn)
    if written is None:
        # Front ends spell the symbols of one provider alike but for the last word.
        prefix = account.id.removesuffix("account")
        partition = Symbol(f"{prefix}partition", "partition", "aws*", environment=True)
        number = account.number or Symbol(account.id, "account", environment=True)
        middle: Pieces = (f":iam::{number}:{one.kind}/{name}",)
        if isinstance(number, Symbol):
            middle = (":iam::", number, f":{one.kind}/{name}")
        arn = Pattern(("arn:", partition, *middle), one.principal.origin)
    else:
        name = name.split(":", 5)[5].partition("/")[2]
    return PrincipalDeclaration(
        id=PrincipalId(account, one.kind, Pattern((name,), one.principal.origin)),
        address=f"{one.kind}/{name}",
        arn=arn,
        span=one.span,
        open=True,
    )


def open_document_symbol(reference: str, root: str) -> Symbol:
    """Return the symbol that stands for a policy document that is not in view."""
    return Symbol(f"{root}|document|{reference}", reference)
