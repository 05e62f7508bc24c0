"""Prove that a statement allows nothing: what refuses it leaves no request over.

Most statements are told to be alive by their actions alone; the others are put to the engine of
comparisons, a bounded number of them for each policy.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from leastwise.iam.policy import Pattern, Patterns, PolicyDocument, PolicyKind, Statement
from leastwise.iam.project import Policy
from leastwise.semantics.actions import action_index
from leastwise.semantics.compare import implies
from leastwise.semantics.model import EffectiveAccess, Proof

_NOTHING = PolicyDocument(())
_EVERYTHING = Patterns((Pattern(("*",)),))
MOST_ENTRIES = 200
"""Entries of a statement, or statements of a document, that are put to the engine."""
_MOST_DENIES = 40


class Refusing(NamedTuple):
    """Hold what stands between an identity statement and what it allows.

    ``denies`` are Deny statements with the version of their documents, ``boundary`` documents of
    the permissions boundary (None: there is none), ``levels`` those of the SCPs of each level.
    """

    denies: tuple[tuple[str, Statement], ...] = ()
    boundary: tuple[PolicyDocument, ...] | None = None
    levels: tuple[tuple[PolicyDocument, ...], ...] = ()

    @property
    def caps(self) -> tuple[tuple[PolicyDocument, ...], ...]:
        """Return the rows of documents each of which has to allow a request too."""
        return (*(() if self.boundary is None else (self.boundary,)), *self.levels)


def has_unknown_actions(statement: Statement) -> bool:
    """Say whether some of the actions of a statement are not written out."""
    actions = statement.actions
    return actions.tail is not None or any(glob.literal is None for glob in actions.globs)


@lru_cache(maxsize=16384)
def bits_of(statement: Statement) -> int:
    """Return known actions that a statement is surely about, whatever is not known."""
    index, actions = action_index(), statement.actions
    if actions.negated and has_unknown_actions(statement):
        return 0
    total = 0
    for glob in actions.globs:
        if glob.literal is not None:
            total |= index.bits(glob.literal)
    return index.everything & ~total if actions.negated else total


def may_be_empty(statement: Statement, refusing: Refusing) -> Refusing | None:
    """Return what could leave a statement without any request, or None where nothing could.

    SOUND: under-approximates what refuses: of the Deny statements only those that ask for no
    other key than the statement itself; where all of them together cover it, nothing is said.
    """
    bits = bits_of(statement)
    if not bits or has_unknown_actions(statement) or _size(statement) > MOST_ENTRIES:
        return None
    keys = _keys(statement)
    about = (d for d in refusing.denies if bits_of(d[1]) & bits and _keys(d[1]) <= keys)
    denies = tuple(islice(about, _MOST_DENIES))
    for _, deny in denies:
        bits &= ~bits_of(deny)
    caps = tuple(row for row in refusing.caps if not _lets_some(row, bits))
    if bits and not caps:
        return None
    return refusing._replace(denies=denies)


def _lets_some(row: tuple[PolicyDocument, ...], bits: int) -> bool:
    """Say whether the documents surely allow one of the actions on whatever resource."""
    granted = 0
    for document in row:
        if document.opaque is not None:
            return True
        granted |= sum_of(s for s in document.statements if s.effect != "Deny" and _is_open(s))
    denied = sum_of(s for d in row for s in d.statements if s.effect != "Allow")
    return bool(bits & granted & ~denied)


def sum_of(statements: Iterable[Statement]) -> int:
    """Return the known actions that any of the statements is about."""
    total = 0
    for statement in statements:
        total |= bits_of(statement)
    return total


def _is_open(statement: Statement) -> bool:
    resources = statement.resources
    everywhere = resources is None or any(g.literal == "*" for g in resources.globs)
    return everywhere and not (statement.conditions or statement.conditions_tail)


def _keys(statement: Statement) -> frozenset[str]:
    return frozenset(condition.key_name for condition in statement.conditions)


def _size(statement: Statement) -> int:
    lists = [statement.actions.globs, *(c.values for c in statement.conditions)]
    if statement.resources is not None:
        lists.append(statement.resources.globs)
    return sum(map(len, lists))


@lru_cache(maxsize=4096)
def allows_nothing(statement: Statement, version: str, refusing: Refusing) -> bool:
    """Prove that no request is left over of an identity statement, whoever makes it."""
    own = _policy("identity", PolicyDocument((statement,), version))
    denies = (_policy("identity", PolicyDocument((d,), v)) for v, d in refusing.denies)
    boundary = refusing.boundary
    access = EffectiveAccess(
        identity=(own, *denies),
        boundary=None if boundary is None else tuple(_policy("boundary", d) for d in boundary),
        scps=tuple(tuple(_policy("scp", d) for d in row) for row in refusing.levels),
    )
    return isinstance(implies(access, EffectiveAccess()), Proof)


@lru_cache(maxsize=4096)
def document_allows_nothing(document: PolicyDocument) -> bool:
    """Prove that a document that names its principals allows nobody anything."""
    return isinstance(implies(document, _NOTHING), Proof)


@lru_cache(maxsize=4096)
def never_holds(statement: Statement, version: str) -> bool:
    """Prove that no request meets all conditions of a statement."""
    asked = Statement("Allow", _EVERYTHING, _EVERYTHING, conditions=statement.conditions)
    return isinstance(implies(PolicyDocument((asked,), version), _NOTHING), Proof)


def _policy(kind: PolicyKind, document: PolicyDocument) -> Policy:
    return Policy("", "", kind, document, "concrete", document.span)
