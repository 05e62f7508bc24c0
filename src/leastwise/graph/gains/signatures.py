"""Put accesses that answer alike into one class, so that thousands of principals are asked once.

Policies compare by identity, for where they stand; here they compare by what they say. Who asks
counts only where a policy asks for it. What is the same for all is asked of one of them.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from leastwise.iam.arns import segments
from leastwise.iam.policy import Pattern, PolicyDocument, Statement
from leastwise.iam.project import Policy
from leastwise.semantics.model import EffectiveAccess
from leastwise.semantics.paths import policies_of
from leastwise.semantics.principals import is_everyone
from leastwise.source.value import Symbol

Signature: TypeAlias = Hashable

_OF_THE_CALLER = frozenset(("aws:username", "aws:principalarn"))
"""Keys whose values follow from the caller's ARN; its account is always part of a signature."""
_PLAIN = ("role/", "user/", "group/")
_SERVICE_LINKED = "role/aws-service-role/"
"""SCPs and RCPs do not bind service-linked roles."""


def signature(access: EffectiveAccess) -> Signature:
    """Return what two accesses have in common only if they answer every question alike.

    That is: ``allows`` and ``allows_all`` give both the same certainty for every pattern that
    names its callers, if at all, by account. The witness still names the caller, and the deciding
    statements stand where the access that was asked has them. ``open``: both answer as somebody
    of whom not all is in view; what is not in view of the two need not be the same.

    Signatures compare within one run only.
    """
    return (
        _row(access.identity),
        None if access.boundary is None else _row(access.boundary),
        None if access.session is None else _row(access.session),
        None if access.endpoint is None else _row(access.endpoint),
        frozenset(map(_row, access.scps)),
        frozenset(map(_row, access.rcps)),
        None if access.trust is None else wording(access.trust),
        None if access.resource is None else (wording(access.resource), access.resource.kind),
        access.resource_account,
        access.open,
        access.caller_kind,
        _caller(access),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """Stand for all accesses of one signature: equal and quick to look up; ``access`` is one.

    INVARIANT: what is remembered by it is true of every access with the signature.
    """

    signature: object
    access: EffectiveAccess

    def __eq__(self, other: object) -> bool:
        """Compare by signature."""
        return isinstance(other, Alike) and other.signature is self.signature

    def __hash__(self) -> int:
        """Hash the signature."""
        return id(self.signature)


@lru_cache(maxsize=16384)
def alike(access: EffectiveAccess) -> Alike:
    """Return the class of an access, as a key under which to remember what is asked of it."""
    return Alike(_shared(signature(access)), access)


def asks_who(access: EffectiveAccess) -> bool:
    """Say whether an answer may depend on the name of who asks, beside its kind and account."""
    if access.trust is not None or access.resource is not None:
        return True
    if access.resource_account is not None:
        return True
    return any(map(names_callers, policies_of(access)))


def _caller(access: EffectiveAccess) -> tuple[object, ...]:
    """Return what the answers know of the caller: its account, or its whole ARN."""
    if access.caller_arn is None:
        return ()
    parts = segments(access.caller_arn)
    if len(parts) != 6 or not _is_plain(parts[5]) or asks_who(access):
        return access.caller_arn.pieces
    return tuple(parts[:5])


def _is_plain(name: tuple[str | Symbol, ...]) -> bool:
    """Tell whether it is surely a user, role or group that every layer binds."""
    first = name[0] if name else ""
    if not isinstance(first, str) or not first.startswith(_PLAIN):
        return False
    # What begins like the path of service-linked roles may go on like it, in a symbol.
    return not (first.startswith(_SERVICE_LINKED) or _SERVICE_LINKED.startswith(first))


def _row(policies: tuple[Policy, ...]) -> frozenset[object]:
    return frozenset(map(wording, policies))


@lru_cache(maxsize=32768)
def wording(policy: Policy) -> object:
    """Return an object that all policies share that say the same."""
    return _shared(_contents(policy.document))


@lru_cache(maxsize=65536)
def _shared(_: Hashable) -> object:
    # INVARIANT: a token that has left the cache is never given out again, so that what is made
    # anew of equal documents is at worst one class more.
    return object()


def _contents(document: PolicyDocument) -> Hashable:
    """Return what two documents that say the same have in common; names of statements say nothing.

    Effects, operators and types of principals that are not known have no names of their own: a
    document with one of them is like itself only.
    """
    if any(map(_is_nameless, document.statements)):
        return _Self(document)
    said = tuple(map(_said, document.statements))
    return said, document.version, document.opaque


class _Self:
    """Compare a document by identity, and keep it alive for as long as that counts."""

    __slots__ = ("document",)

    def __init__(self, document: PolicyDocument) -> None:
        self.document = document

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Self) and other.document is self.document

    def __hash__(self) -> int:
        return id(self.document)


def _said(statement: Statement) -> tuple[object, ...]:
    return (
        statement.effect,
        statement.actions,
        statement.resources,
        statement.principals,
        statement.conditions,
        statement.conditions_tail,
        statement.when,
    )


def _is_nameless(statement: Statement) -> bool:
    principals = statement.principals
    types = () if principals is None else (e.type for e in principals.entries)
    operators = (c.operator.name for c in statement.conditions)
    return "Unknown" in (statement.effect, *operators, *types)


@lru_cache(maxsize=32768)
def names_callers(policy: Policy) -> bool:
    """Say whether a policy may decide by the name of who asks."""
    return any(map(_asks_who, policy.document.statements))


def _asks_who(statement: Statement) -> bool:
    principals = statement.principals
    if principals is not None and not all(map(is_everyone, principals.entries)):
        return True
    if principals is not None and (principals.negated or principals.tail is not None):
        return True
    if statement.conditions_tail is not None:
        return True
    keys = (c.key.literal for c in statement.conditions)
    if any(key is None or key.lower() in _OF_THE_CALLER for key in keys):
        return True
    return any(_has_variable(pattern) for pattern in _patterns(statement))


def _patterns(statement: Statement) -> Iterator[Pattern]:
    if statement.resources is not None:
        yield from statement.resources.globs
    for condition in statement.conditions:
        yield from condition.values


def _has_variable(pattern: Pattern) -> bool:
    """Tell whether a policy variable stands in a string; ``$`` and brace may stand apart."""
    return any(isinstance(piece, str) and "${" in piece for piece in pattern.pieces)
